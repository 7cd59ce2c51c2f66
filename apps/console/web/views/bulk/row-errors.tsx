import type { NaruApiError, RowError } from '@naru/sdk/errors.ts';
import { Banner } from '@naru/ui/banner.tsx';
import { shorten } from '@naru/ui/copy-text.tsx';
import { bulkColumns } from '@naru/wire/bulk.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { bulkTexts } from './bulk.texts.ts';
import { cellOf, type ReadFile } from './read-csv.ts';

/** Bad rows that are laid out at once; a file that is wrong all over is wrong in the same way. */
const ROWS_SHOWN = 100;

const head = 'sticky top-0 bg-surface-secondary px-2 py-1.5 text-start text-xs font-semibold text-muted';
const cell = 'border-t border-separator px-2 py-1.5 align-top whitespace-nowrap';

/** The rows that cannot be accepted, as they stand in the file, with what is wrong below the very cell. */
export function RowErrors({ error, file }: { error: NaruApiError; file: ReadFile | null }) {
  const words = useTexts(bulkTexts);
  const errors = (error.problem.errors ?? []).filter((one): one is RowError => 'row' in one);
  const count = error.problem.errorCount ?? errors.length;
  const byRow = [...Map.groupBy(errors, (one) => one.row)].slice(0, ROWS_SHOWN);
  return (
    <div className="flex flex-col gap-3">
      <Banner tone="bad" title={words.badTitle(formatCount(count))} isAlert>
        <p>{words.badHint}</p>
        {count > errors.length || byRow.length === ROWS_SHOWN ? (
          <p>{words.badMore(formatCount(Math.min(errors.length, ROWS_SHOWN)))}</p>
        ) : null}
      </Banner>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard (WCAG 2.1.1)
        tabIndex={0}
        aria-label={words.problem}
        className="max-h-96 overflow-auto rounded-md border border-border"
      >
        <table className="w-full text-sm">
          <thead>
            <tr>
              <th className={head}>{words.row}</th>
              {bulkColumns.map((name) => (
                <th key={name} className={`${head} font-mono`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {byRow.map(([row, ofRow]) => (
              <BadRow key={row} row={row} errors={ofRow} file={file} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function BadRow({ row, errors, file }: { row: number; errors: readonly RowError[]; file: ReadFile | null }) {
  const words = useTexts(bulkTexts);
  const cells = file?.rows[row - 1];
  const known: readonly string[] = bulkColumns;
  // Of the header, or of a column that there is none of.
  const general = errors.filter((one) => row === 0 || cells === undefined || !known.includes(one.field));
  return (
    <tr>
      <th scope="row" className={`${cell} tabular text-start font-semibold`}>
        {row === 0 ? words.wholeFile : formatCount(row)}
        {general.map((one) => (
          <span
            key={`${one.field} ${one.code}`}
            className="block font-normal whitespace-normal text-bad-text"
          >
            {one.field}: {one.message}
          </span>
        ))}
      </th>
      {bulkColumns.map((name) => {
        const wrong = general.length > 0 && row === 0 ? [] : errors.filter((one) => one.field === name);
        const text = cells === undefined || file === null ? '' : cellOf(file, cells, name);
        return (
          <td key={name} className={`${cell} ${wrong.length > 0 ? 'bg-bad-soft' : ''}`}>
            <span className="font-mono text-xs" title={text}>
              {text.length > 24 ? shorten(text) : text}
            </span>
            {wrong.map((one) => (
              <span key={one.code} className="block min-w-36 text-xs whitespace-normal text-bad-text">
                ✕ {one.message}
              </span>
            ))}
          </td>
        );
      })}
    </tr>
  );
}
