import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { Checkbox } from './toggle.tsx';
import { useIsNarrow } from './use-is-narrow.ts';

export type Column<Row> = {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Amounts and counts stand at the end, so that their digits are below one another. */
  align?: 'start' | 'end';
  /** As in `minmax(10rem, 1fr)` of a grid; in rem. */
  width?: number;
  /** Names the row: stays in sight when the table is scrolled sideways, and is the title of the card on a phone. */
  isKey?: boolean;
};

export type Selection = {
  selected: ReadonlySet<string>;
  onChange: (selected: ReadonlySet<string>) => void;
  /** Of the box of a row. */
  labelOf: (id: string) => string;
  allLabel: string;
};

export type DataTableProps<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** Opens a row: by a press, by Enter. */
  onOpen?: (row: Row) => void;
  /** Opened before, in this browser. */
  isVisited?: (row: Row) => boolean;
  selection?: Selection;
  isCompact?: boolean;
  /** The end is near: load more. */
  onEnd?: () => void;
  footer?: ReactNode;
  /** In rem; as high as its rows when left out. */
  maxHeight?: string;
  /** The row that j and k have reached. */
  activeIndex?: number;
  onActiveIndex?: (index: number) => void;
};

const ROW_PX = { compact: 32, roomy: 42 } as const;
/** Rows before the end at which the next page is asked for. */
const END_ROWS = 20;
const OVERSCAN = 12;

/** A table of any number of rows, of which only those in sight are in the page; cards on a phone. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const isNarrow = useIsNarrow();
  return isNarrow ? <Cards {...props} /> : <Rows {...props} />;
}

function Rows<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowId, onOpen, selection, isCompact = false, onEnd, maxHeight = '70vh' } = props;
  const { activeIndex = -1, onActiveIndex } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = isCompact ? ROW_PX.compact : ROW_PX.roomy;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowId(row);
    },
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (onEnd !== undefined && rows.length > 0 && lastSeen >= rows.length - END_ROWS) onEnd();
  }, [lastSeen, rows.length, onEnd]);
  useEffect(() => {
    if (activeIndex >= 0) virtual.scrollToIndex(activeIndex);
  }, [activeIndex, virtual]);

  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  // One more than there are would make room for a column of its own.
  const columnCount = columns.length + (selection === undefined ? 0 : 1);
  const width = columns.reduce((sum, column) => sum + (column.width ?? 9), selection === undefined ? 0 : 3);
  return (
    <section
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard (WCAG 2.1.1)
      tabIndex={0}
      aria-label={props.label}
      className="overflow-auto outline-offset-[-2px] focus-visible:outline-2 focus-visible:outline-focus"
      style={{ maxHeight }}
    >
      <table
        className="w-full table-fixed border-separate border-spacing-0 text-sm"
        style={{ minWidth: `${width}rem` }}
        aria-rowcount={rows.length + 1}
      >
        <colgroup>
          {selection === undefined ? null : <col style={{ width: '3rem' }} />}
          {columns.map((column) => (
            <col key={column.id} style={{ width: `${column.width ?? 9}rem` }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {selection === undefined ? null : (
              <th scope="col" className="sticky top-0 z-10 border-b border-border bg-surface-secondary px-3">
                <Checkbox
                  aria-label={selection.allLabel}
                  isSelected={rows.length > 0 && selection.selected.size >= rows.length}
                  isIndeterminate={selection.selected.size > 0 && selection.selected.size < rows.length}
                  onChange={(all) => selection.onChange(new Set(all ? rows.map(rowId) : []))}
                />
              </th>
            )}
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={`sticky top-0 z-10 truncate border-b border-border bg-surface-secondary px-3 py-2 text-xs font-semibold text-muted ${column.align === 'end' ? 'text-end' : 'text-start'} ${column.isKey ? 'left-0 z-20' : ''}`}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <Spacer height={before} columns={columnCount} /> : null}
          {items.map(({ index, key }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const id = rowId(row);
            const isActive = index === activeIndex;
            const ground = isActive ? 'bg-info-soft' : 'bg-surface group-hover:bg-surface-secondary';
            return (
              <tr
                key={key}
                aria-rowindex={index + 2}
                aria-selected={selection?.selected.has(id) ?? isActive}
                className={`group ${onOpen === undefined ? '' : 'cursor-pointer'}`}
                style={{ height: rowPx }}
                onClick={(event) => {
                  if (onOpen === undefined || isControl(event.target)) return;
                  onActiveIndex?.(index);
                  onOpen(row);
                }}
              >
                {selection === undefined ? null : (
                  <td className={`border-b border-separator px-3 ${ground}`}>
                    <Checkbox
                      aria-label={selection.labelOf(id)}
                      isSelected={selection.selected.has(id)}
                      onChange={() => selection.onChange(toggled(selection.selected, id))}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td
                    key={column.id}
                    className={`truncate border-b border-separator px-3 ${ground} ${column.align === 'end' ? 'tabular text-end' : ''} ${column.isKey ? 'sticky left-0 z-[1]' : ''} ${props.isVisited?.(row) && column.isKey ? 'text-muted' : ''}`}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 ? <Spacer height={after} columns={columnCount} /> : null}
        </tbody>
      </table>
      {props.footer}
    </section>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}

function Cards<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowId, onOpen, selection, onEnd } = props;
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    const target = end.current;
    if (target === null || onEnd === undefined) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onEnd(), {
      rootMargin: '400px',
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, [onEnd]);
  const key = columns.find((column) => column.isKey) ?? columns[0];
  return (
    <>
      <ul aria-label={props.label} className="flex flex-col divide-y divide-separator">
        {rows.map((row) => (
          <li
            key={rowId(row)}
            className="px-4 py-3 [contain-intrinsic-size:auto_8rem] [content-visibility:auto]"
          >
            <div className="flex items-center justify-between gap-3 pb-1.5">
              <span className="flex min-w-0 items-center gap-2 font-medium">
                {selection === undefined ? null : (
                  <Checkbox
                    aria-label={selection.labelOf(rowId(row))}
                    isSelected={selection.selected.has(rowId(row))}
                    onChange={() => selection.onChange(toggled(selection.selected, rowId(row)))}
                  />
                )}
                {key?.cell(row)}
              </span>
            </div>
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the key cell holds a link that does the same */}
            {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
            <div onClick={(event) => !isControl(event.target) && onOpen?.(row)}>
              <dl className="grid grid-cols-[minmax(5rem,max-content)_1fr] gap-x-4 gap-y-1 text-sm">
                {columns
                  .filter((column) => column !== key)
                  .map((column) => (
                    <div key={column.id} className="contents">
                      <dt className="text-muted">{column.header}</dt>
                      <dd className="tabular min-w-0 text-end">{column.cell(row)}</dd>
                    </div>
                  ))}
              </dl>
            </div>
          </li>
        ))}
        <li ref={end} aria-hidden className="h-px" />
      </ul>
      {props.footer}
    </>
  );
}

function toggled(selected: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** What does something of its own within a row. */
function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, label') !== null;
}

/** j and k go through the rows, Enter opens, x selects; nothing happens while one writes. */
export function listKeys(
  event: KeyboardEvent | globalThis.KeyboardEvent,
  moves: { move: (step: 1 | -1) => void; open: () => void; select: () => void; search: () => void },
): void {
  const target = event.target as HTMLElement | null;
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (
    target?.closest('input, textarea, select, [role=dialog], [contenteditable], [role=menu], [role=listbox]')
  )
    return;
  if (event.key === 'j') moves.move(1);
  else if (event.key === 'k') moves.move(-1);
  else if (event.key === 'x') moves.select();
  else if (event.key === '/') {
    event.preventDefault();
    moves.search();
  } else if (event.key === 'Enter' && target?.closest('a, button') === null) moves.open();
}
