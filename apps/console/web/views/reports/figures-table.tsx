import type { ReactNode } from 'react';

export type Figure = { header: string; isText?: boolean };

/** A table that is short and printed: every row is in the page, figures below one another. */
export function FiguresTable(props: {
  label: string;
  columns: readonly Figure[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled must be reached by the keyboard
    <div tabIndex={0} className="overflow-x-auto print:overflow-visible">
      <table aria-label={props.label} className="w-full border-collapse text-sm print:text-[8pt]">
        <thead>
          <tr>
            {props.columns.map(({ header, isText }) => (
              <th
                key={header}
                scope="col"
                className={`border-b border-border px-3 py-2 text-xs font-medium whitespace-nowrap text-muted print:px-1 ${isText ? 'text-start' : 'text-end'}`}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, cells }) => (
            <tr key={key} className="break-inside-avoid">
              {cells.map((cell, index) => {
                const column = props.columns[index];
                return (
                  <td
                    key={column?.header ?? index}
                    className={`border-b border-separator px-3 py-2 print:px-1 print:py-1 ${column?.isText ? 'min-w-32' : 'tabular text-end whitespace-nowrap'}`}
                  >
                    {cell}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
