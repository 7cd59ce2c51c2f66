import { Button } from '@naru/ui/button.tsx';
import { type Column, DataTable, listKeys, type Selection } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { SkeletonRows } from '@naru/ui/skeleton.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { changePreferences, usePreferences } from '../app/preferences.ts';
import { formatCount } from '../format/number.ts';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { PartProblem, ProblemBanner } from './problem.tsx';
import { useStored } from './use-stored.ts';

export type ListSpec<Row> = {
  /** Names what is remembered of this list in the browser: its columns and the rows that were opened. */
  storeKey: string;
  label: string;
  pages: UseInfiniteQueryResult<InfiniteData<{ data: Row[]; nextCursor: string | null }>>;
  columns: readonly Column<Row>[];
  /** Columns not shown until they are chosen. */
  hiddenAtFirst?: readonly string[];
  rowId: (row: Row) => string;
  onOpen?: (row: Row) => void;
  filters?: ReactNode;
  isFiltered?: boolean;
  onClearFilters?: () => void;
  empty: { title: string; hint?: ReactNode; action?: ReactNode };
  /** Verbs for the rows that are selected. */
  bulkActions?: (selected: ReadonlySet<string>, clear: () => void) => ReactNode;
  toolbar?: ReactNode;
};

/** Rows opened before that a browser remembers of one list. */
const VISITED_MAX = 500;

/** A list of the API, a page at a time: filters above, columns to choose, rows by keyboard. The caller keeps filters in the URL. */
export function List<Row>(spec: ListSpec<Row>) {
  const words = useTexts(common);
  const { density } = usePreferences();
  const { pages, rowId, onOpen, columns } = spec;
  const [hidden, setHidden] = useStored<readonly string[]>(
    `columns.${spec.storeKey}`,
    spec.hiddenAtFirst ?? [],
  );
  const [visited, setVisited] = useStored<readonly string[]>(`visited.${spec.storeKey}`, []);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(-1);
  const place = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.data) ?? [], [pages.data]);
  const visitedIds = useMemo(() => new Set(visited), [visited]);
  const shown = columns.filter((column) => column.isKey || !hidden.includes(column.id));

  const open = useCallback(
    (row: Row) => {
      const id = rowId(row);
      setVisited([id, ...visited.filter((one) => one !== id)].slice(0, VISITED_MAX));
      onOpen?.(row);
    },
    [onOpen, rowId, visited, setVisited],
  );
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) =>
      listKeys(event, {
        move: (step) => setActive((now) => Math.max(0, Math.min(rows.length - 1, now + step))),
        open: () => {
          const row = rows[active];
          if (row !== undefined && onOpen !== undefined) open(row);
        },
        select: () => {
          const row = rows[active];
          if (row === undefined || spec.bulkActions === undefined) return;
          setSelected((now) => {
            const next = new Set(now);
            if (!next.delete(rowId(row))) next.add(rowId(row));
            return next;
          });
        },
        search: () => place.current?.querySelector<HTMLInputElement>('input')?.focus(),
      });
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [rows, active, open, onOpen, rowId, spec.bulkActions]);

  const clear = useCallback(() => setSelected(new Set()), []);
  const selection: Selection | undefined =
    spec.bulkActions === undefined
      ? undefined
      : { selected, onChange: setSelected, labelOf: words.selectRow, allLabel: words.selectAll };
  return (
    <div ref={place} className="min-w-0 rounded-lg border border-border bg-surface">
      <ListBar spec={spec} hidden={hidden} onHide={setHidden} />
      {selected.size > 0 && spec.bulkActions !== undefined ? (
        <div className="flex flex-wrap items-center gap-3 border-b border-separator bg-info-soft px-3 py-2 text-info-text">
          <span className="text-sm font-medium">{words.rows(formatCount(selected.size))}</span>
          {spec.bulkActions(selected, clear)}
        </div>
      ) : null}
      {pages.isError && rows.length > 0 ? (
        <ProblemBanner error={pages.error} onRetry={() => void pages.refetch()} />
      ) : null}
      {pages.isPending ? (
        <SkeletonRows rows={10} label={words.loading} />
      ) : pages.isError && rows.length === 0 ? (
        <PartProblem error={pages.error} onRetry={() => void pages.refetch()} />
      ) : rows.length === 0 ? (
        spec.isFiltered ? (
          <EmptyState title={words.emptyFiltered}>{words.emptyFilteredHint}</EmptyState>
        ) : (
          <EmptyState title={spec.empty.title} action={spec.empty.action}>
            {spec.empty.hint}
          </EmptyState>
        )
      ) : (
        <DataTable
          label={spec.label}
          columns={shown}
          rows={rows}
          rowId={rowId}
          {...(onOpen === undefined ? {} : { onOpen: open })}
          isVisited={(row) => visitedIds.has(rowId(row))}
          {...(selection === undefined ? {} : { selection })}
          isCompact={density === 'compact'}
          onEnd={loadMore}
          activeIndex={active}
          onActiveIndex={setActive}
          footer={
            <p role="status" className="px-3 py-3 text-center text-xs text-muted">
              {isFetchingNextPage ? words.loadingMore : hasNextPage ? '' : words.allShown}
            </p>
          }
        />
      )}
    </div>
  );
}

/** What narrows the list, and what is done with it as a whole. */
function ListBar<Row>(props: {
  spec: ListSpec<Row>;
  hidden: readonly string[];
  onHide: (hidden: readonly string[]) => void;
}) {
  const words = useTexts(common);
  const { density } = usePreferences();
  const [choosesColumns, setChoosesColumns] = useState(false);
  const { spec, hidden, onHide } = props;
  const { filters, toolbar, columns } = spec;
  return (
    <div className="flex flex-wrap items-end justify-between gap-3 border-b border-separator p-3">
      {filters === undefined ? null : (
        <div className="flex min-w-0 flex-1 flex-wrap items-end gap-2 max-md:basis-full">{filters}</div>
      )}
      <div className={`flex flex-wrap items-center gap-2 ${filters === undefined ? 'ms-auto' : ''}`}>
        {toolbar}
        {spec.isFiltered && spec.onClearFilters ? (
          <Button variant="ghost" onPress={spec.onClearFilters}>
            {words.clearFilters}
          </Button>
        ) : null}
        <Button
          variant="ghost"
          aria-pressed={density === 'compact'}
          className="max-md:hidden"
          onPress={() => changePreferences({ density: density === 'compact' ? 'roomy' : 'compact' })}
        >
          {words.density}
        </Button>
        <Button
          variant="ghost"
          aria-expanded={choosesColumns}
          onPress={() => setChoosesColumns(!choosesColumns)}
        >
          {words.columns}
        </Button>
      </div>
      {choosesColumns ? (
        <fieldset className="flex w-full flex-wrap gap-x-5 gap-y-2 border-0 p-0">
          <legend className="sr-only">{words.columns}</legend>
          {columns
            .filter((column) => !column.isKey)
            .map((column) => (
              <Checkbox
                key={column.id}
                isSelected={!hidden.includes(column.id)}
                onChange={(isShown) =>
                  onHide(isShown ? hidden.filter((id) => id !== column.id) : [...hidden, column.id])
                }
              >
                {column.header}
              </Checkbox>
            ))}
        </fieldset>
      ) : null}
    </div>
  );
}
