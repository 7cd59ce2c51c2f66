import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { ReviewBody } from '@naru/wire/review.ts';
import type { WithdrawalBody } from '@naru/wire/withdrawal.ts';
import { formatAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { approvalTexts } from './approval.texts.ts';

type Shown = Pick<WithdrawalBody, 'id' | 'chain' | 'asset' | 'to' | 'amount'>;

const head = 'px-2 py-1.5 text-start text-xs font-semibold text-muted';
const cell = 'border-t border-separator px-2 py-2 align-top text-sm';

/** What people were asked about, against what the withdrawal would pay at this moment, field by field. */
export function ReviewedDiff({ review, withdrawal }: { review: ReviewBody; withdrawal: Shown | undefined }) {
  const words = useTexts(approvalTexts);
  const rows = [
    {
      name: words.amount,
      asked: formatAmount(review.amount),
      now: withdrawal && formatAmount(withdrawal.amount),
    },
    { name: words.asset, asked: review.asset, now: withdrawal?.asset },
    { name: words.chain, asked: review.chain, now: withdrawal?.chain },
    { name: words.to, asked: review.to, now: withdrawal?.to },
    { name: words.withdrawal, asked: review.withdrawalId, now: withdrawal?.id },
  ];
  return (
    <table className="w-full table-fixed">
      <thead>
        <tr>
          <th className={`${head} w-24`}>{words.field}</th>
          <th className={head}>{words.asked}</th>
          <th className={`${head} w-28`}>{words.now}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, asked, now }) => (
          <tr key={name}>
            <th scope="row" className={`${cell} text-start font-normal text-muted`}>
              {name}
            </th>
            <td className={`${cell} tabular font-mono break-all`}>{asked}</td>
            <td className={cell}>
              {now === undefined ? (
                '—'
              ) : now === asked ? (
                <StatusChip tone="good">{words.same}</StatusChip>
              ) : (
                <>
                  <StatusChip tone="bad">{words.differs}</StatusChip>
                  <span className="tabular block font-mono break-all">{now}</span>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
