import type { ReportAsset, ReportHead, Tally } from '@naru/core/report/report.ts';
import type { ReportDetail } from '@naru/core/report/report-desk.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { ReportBody, ReportHeadBody } from '@naru/wire/report.ts';
import { toActor } from '../reconciliation/to-reconciliation-body.ts';

export function toHeadBody(head: ReportHead): ReportHeadBody {
  const { period, day, version, from, to, asOf, ties, totals } = head;
  return {
    period,
    date: day,
    status: version === 0 ? 'DRAFT' : 'FINAL',
    version,
    from,
    to,
    asOf,
    madeAt: head.madeAt.toISOString(),
    ties,
    totals,
  };
}

export function toReportBody(detail: ReportDetail): ReportBody {
  const { body, versions, rerun } = detail;
  const { from, to, asOf, totals } = body;
  return {
    object: 'report',
    ...toHeadBody({ ...detail, from, to, asOf, totals }),
    reason: detail.reason,
    madeFor: toActor(detail.madeFor),
    slots: body.slots,
    assets: body.assets.map((flow) => {
      const of = tallyOf(flow);
      return {
        ...nameOf(flow),
        openBefore: of(flow.openBefore),
        submitted: of(flow.submitted),
        confirmed: of(flow.confirmed),
        failed: of(flow.failed),
        canceled: of(flow.canceled),
        openAfter: of(flow.openAfter),
        fees: amountOf(flow)(flow.fees),
        ties: flow.ties,
      };
    }),
    failures: body.failures,
    gas: body.gas.map(({ transactions, items, gasUsed, spent, ...asset }) => ({
      ...nameOf(asset),
      transactions,
      items,
      gasUsed,
      spent: amountOf(asset)(spent),
    })),
    deposits: body.deposits.map((line) => ({ ...nameOf(line), credited: tallyOf(line)(line.credited) })),
    ledger: body.ledger.map((line) => {
      const show = amountOf(line);
      const { holder, ties } = line;
      return {
        ...nameOf(line),
        holder,
        opening: show(line.opening),
        in: show(line.in),
        out: show(line.out),
        closing: show(line.closing),
        ties,
        reasons: line.reasons.map((one) => ({ reason: one.reason, in: show(one.in), out: show(one.out) })),
      };
    }),
    mismatches: body.mismatches,
    versions: versions.map((one) => ({
      ...one,
      madeFor: toActor(one.madeFor),
      madeAt: one.madeAt.toISOString(),
    })),
    rerun:
      rerun === null
        ? null
        : {
            requestedBy: toActor(rerun.requestedBy),
            reason: rerun.reason,
            requestedAt: rerun.requestedAt.toISOString(),
          },
  };
}

const nameOf = ({ chain, code }: ReportAsset) => ({ chain, asset: code });
const amountOf =
  ({ decimals }: ReportAsset) =>
  (units: string) =>
    formatAmount(BigInt(units), decimals);
const tallyOf =
  (asset: ReportAsset) =>
  ({ count, amount }: Tally) => ({ count, amount: amountOf(asset)(amount) });
