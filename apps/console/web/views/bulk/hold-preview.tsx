import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount, formatCount, sumDecimals } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { bulkTexts } from './bulk.texts.ts';
import { amountsOf, cellOf, type ReadFile } from './read-csv.ts';

const head = 'px-2 py-1.5 text-xs font-semibold text-muted';
const cell = 'tabular border-t border-separator px-2 py-1.5 text-end whitespace-nowrap';

/** What a file would reserve of each asset, beside what there is. Exact, and of the file as it stands. */
export function HoldPreview({ file, isShort = false }: { file: ReadFile; isShort?: boolean }) {
  const words = useTexts(bulkTexts);
  const balances = useQuery({
    queryKey: ['bulk', 'balances'],
    queryFn: ({ signal }) => naru.balances.list({ signal }),
  });
  const sums = useMemo(
    () =>
      [...Map.groupBy(amountsOf(file), ({ chain, asset }) => `${chain} ${asset}`)].map(([name, rows]) => ({
        name,
        chain: rows[0]?.chain ?? '',
        asset: rows[0]?.asset ?? '',
        count: rows.length,
        amount: sumDecimals(rows.map((row) => row.amount)),
      })),
    [file],
  );
  const recipients = useMemo(
    () => new Set(file.rows.map((row) => cellOf(file, row, 'to').toLowerCase())).size,
    [file],
  );
  return (
    <div className="flex flex-col gap-1.5">
      <section
        className="overflow-x-auto rounded-md border border-border"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard (WCAG 2.1.1)
        tabIndex={0}
        aria-label={words.willHold}
      >
        <table className="w-full text-sm">
          <thead>
            <tr>
              <th className={`${head} text-start`}>{words.asset}</th>
              <th className={`${head} text-end`}>{words.rows}</th>
              <th className={`${head} text-end`}>{words.willHold}</th>
              {isShort ? null : (
                <>
                  <th className={`${head} text-end`}>{words.available}</th>
                  <th className={`${head} text-end`}>{words.after}</th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {sums.map(({ name, chain, asset, count, amount }) => {
              const balance = balances.data?.find((one) => one.chain === chain && one.asset === asset);
              return (
                <tr key={name}>
                  <th
                    scope="row"
                    className="border-t border-separator px-2 py-1.5 text-start font-medium whitespace-nowrap"
                  >
                    {asset} <span className="text-xs font-normal text-muted">{chain}</span>
                  </th>
                  <td className={cell}>{formatCount(count)}</td>
                  <td className={`${cell} font-semibold`}>{formatAmount(amount)}</td>
                  {isShort ? null : (
                    <>
                      <td className={cell}>
                        {balance === undefined ? '—' : formatAmount(balance.available)}
                      </td>
                      <td className={cell}>
                        {balance === undefined
                          ? '—'
                          : formatAmount(sumDecimals([balance.available, negated(amount)]))}
                      </td>
                    </>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <p className="text-xs text-muted">
        {words.recipients(formatCount(recipients))} · {words.feeNote}
      </p>
    </div>
  );
}

function negated(decimal: string): string {
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`;
}
