import { Card } from '@naru/ui/card.tsx';
import { type Column, DataTable } from '@naru/ui/data-table.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { QueryView } from './query-view.tsx';

/** A list that the API gives whole, in a card, in all its states. */
export function TableCard<Data, Row>(props: {
  query: UseQueryResult<Data>;
  rowsOf: (data: Data) => readonly Row[];
  title: string;
  /** Shown above the table when the page's own title says it already. */
  isTitleHidden?: boolean;
  actions?: ReactNode;
  filters?: ReactNode;
  columns: readonly Column<Row>[];
  rowId: (row: Row) => string;
  onOpen?: (row: Row) => void;
  empty: { title: string; hint?: ReactNode; action?: ReactNode };
}) {
  return (
    <Card
      {...(props.isTitleHidden ? {} : { title: props.title })}
      {...(props.actions ? { actions: props.actions } : {})}
      isFlush
    >
      {props.filters ? (
        <div className="flex flex-wrap items-end gap-2 border-b border-separator p-3">{props.filters}</div>
      ) : null}
      <QueryView query={props.query}>
        {(data) => {
          const rows = props.rowsOf(data);
          return rows.length === 0 ? (
            <EmptyState title={props.empty.title} action={props.empty.action}>
              {props.empty.hint}
            </EmptyState>
          ) : (
            <DataTable
              label={props.title}
              columns={props.columns}
              rows={rows}
              rowId={props.rowId}
              {...(props.onOpen === undefined ? {} : { onOpen: props.onOpen })}
            />
          );
        }}
      </QueryView>
    </Card>
  );
}
