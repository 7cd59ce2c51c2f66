import type { BlockFill, FilledBlock, ProviderOverview } from '@naru/core/overview/fleet.store.ts';
import type { StageRow } from '@naru/core/overview/overview.reader.ts';
import type { Overview } from '@naru/core/overview/overview.ts';
import { openWithdrawalStates } from '@naru/core/withdrawal/withdrawal.machine.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount, sumUnits } from '@naru/kit/money.ts';
import { toSafeNumber } from '@naru/kit/safe-number.ts';
import type { OverviewBody } from '@naru/wire/overview.ts';
import { toAccountBody, toForecastBody } from '../sub-accounts/to-account-body.ts';

export function toOverviewBody(overview: Overview): OverviewBody {
  const { asOf, flow, lastHour, stages, deadLetters, reviews, alarms, webhooks } = overview;
  const { latency, ...hour } = lastHour;
  return {
    object: 'overview',
    asOf: asOf.toISOString(),
    flow: { ...flow, buckets: flow.buckets.map((one) => ({ ...one, at: one.at.toISOString() })) },
    lastHour: { ...hour, latencySeconds: latency },
    stuckAfterSeconds: overview.stuckAfterSeconds,
    stages: toStages(stages),
    stuck: toStuck(stages.filter(({ state }) => state !== 'REVIEW')),
    deadLetters: {
      open: deadLetters.reduce((sum, { count }) => sum + count, 0),
      causes: deadLetters,
    },
    reviews: {
      open: reviews.open,
      oldestAt: textOf(reviews.oldestAt),
      nextExpiryAt: textOf(reviews.nextExpiryAt),
      unconfirmed: reviews.unconfirmed,
    },
    providers: overview.providers.map(toProvider),
    accounts: overview.accounts.map(toAccountBody),
    forecast: overview.forecast.map(toForecastBody),
    alarms: {
      open: alarms.count,
      critical: alarms.critical,
      first: alarms.alarms.map(({ id, invariant, subject, detail, severity, ...at }) => ({
        id: toPublicId('alarm', id),
        invariant,
        subject,
        detail,
        severity,
        openedAt: at.openedAt.toISOString(),
        acknowledgedAt: textOf(at.acknowledgedAt),
        snoozedUntil: textOf(at.snoozedUntil),
      })),
    },
    webhooks,
    blocks: toBlocks(overview.blocks),
    reconciliation: toReconciliation(overview.checks),
    instances: overview.instances.map(({ instance, roles, startedAt, seenAt }) => ({
      instance,
      roles: [...roles],
      startedAt: startedAt.toISOString(),
      seenAt: seenAt.toISOString(),
    })),
  };
}

function textOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

function toStages(rows: readonly StageRow[]): OverviewBody['stages'] {
  return openWithdrawalStates.map((state) => {
    const own = rows.filter((row) => row.state === state);
    const oldestMs = Math.min(...own.map(({ oldestAt }) => oldestAt.getTime()));
    return {
      state: state as OverviewBody['stages'][number]['state'],
      count: own.reduce((sum, { count }) => sum + count, 0),
      oldestAt: own.length === 0 ? null : new Date(oldestMs).toISOString(),
      stuck: own.reduce((sum, { stuck }) => sum + stuck, 0),
      assets: own.map(({ chainId, asset, decimals, count, amount, stuck, stuckAmount }) => ({
        chain: chainId,
        asset,
        count,
        amount: formatAmount(amount, decimals),
        stuck,
        stuckAmount: formatAmount(stuckAmount, decimals),
      })),
    };
  });
}

function toStuck(rows: readonly StageRow[]): OverviewBody['stuck'] {
  const stuck = rows.filter((row) => row.stuck > 0);
  const groups = Map.groupBy(stuck, ({ chainId, asset }) => `${chainId} ${asset}`);
  return {
    count: stuck.reduce((sum, row) => sum + row.stuck, 0),
    assets: [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const units = sumUnits(group.map(({ stuckAmount }) => stuckAmount));
      return [
        {
          chain: first.chainId,
          asset: first.asset,
          count: group.reduce((sum, row) => sum + row.stuck, 0),
          amount: formatAmount(units, first.decimals),
        },
      ];
    }),
  };
}

export function toProvider(one: ProviderOverview): OverviewBody['providers'][number] {
  return {
    chain: one.chainId,
    provider: one.provider,
    up: one.usable,
    askedBy: one.askedBy,
    usableBy: one.usableBy,
    height: one.headNumber === null ? null : String(one.headNumber),
    lagBlocks: one.lagBlocks === null || one.headNumber === null ? null : toSafeNumber(one.lagBlocks),
    latencyMs: one.latencyMs === null ? null : Math.round(one.latencyMs * 10) / 10,
    requests: one.requests,
    errorRate: one.requests === 0 ? null : one.failures / one.requests,
    problem: one.problem,
    seenAt: one.seenAt.toISOString(),
  };
}

function toBlocks(blocks: readonly FilledBlock[]): OverviewBody['blocks'] {
  const shareOf = (gas: bigint, { gasLimit }: BlockFill) => Number((gas * 10_000n) / gasLimit) / 10_000;
  return [...Map.groupBy(blocks, ({ chainId }) => chainId)].map(([chain, own]) => ({
    chain,
    blocks: own.map((block) => ({
      number: String(block.number),
      at: block.at.toISOString(),
      gasUsed: String(block.gasUsed),
      gasLimit: String(block.gasLimit),
      fill: shareOf(block.gasUsed, block),
      ours: block.ours === null ? null : shareOf(block.ours, block),
    })),
  }));
}

function toReconciliation(checks: Overview['checks']): OverviewBody['reconciliation'] {
  const at = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1_000).toISOString());
  const times = checks.flatMap(({ lastCheckSeconds }) =>
    lastCheckSeconds === null ? [] : [lastCheckSeconds],
  );
  const findings = checks.reduce((sum, { open }) => sum + open, 0);
  return {
    ok: findings === 0,
    lastCheckAt: times.length === 0 ? null : at(Math.max(...times)),
    findings,
    checks: checks.map(({ invariant, open, lastCheckSeconds, lastOkSeconds }) => ({
      invariant,
      open,
      lastCheckAt: at(lastCheckSeconds),
      lastOkAt: at(lastOkSeconds),
    })),
  };
}
