import {
  readDepositChanges,
  readDepositLogEnd,
  readOpenDeposits,
  readScanLag,
  readUnswept,
} from '@naru/core/deposit/deposit.metrics.ts';
import type { Database } from '@naru/db/database.ts';
import { registerGaugeGroup } from '@naru/ops/gauge-group.ts';
import { Counter, type Registry } from 'prom-client';

/** Changes taken into account in one look. */
const CHANGES_MAX = 5_000;

/** What arrived and is not credited, what was not swept, and how far the scanner is, at each scrape of the monitor. */
export function registerDepositMetrics(registry: Registry, db: Database): void {
  const perState = (name: string, help: string) => ({ name, help, labelNames: ['chain', 'asset', 'state'] });
  registerGaugeGroup(
    registry,
    [
      perState(
        'naru_deposits',
        'Deposits that are not at their end: seen and not final, or left to an operator',
      ),
      perState('naru_deposits_oldest_age_seconds', 'Age of the oldest of them since it was first seen'),
    ],
    async () => {
      const open = await readOpenDeposits(db);
      const labelsOf = ({ chain, asset, state }: (typeof open)[number]) => ({ chain, asset, state });
      return {
        naru_deposits: open.map((one) => ({ labels: labelsOf(one), value: one.count })),
        naru_deposits_oldest_age_seconds: open.map((one) => ({
          labels: labelsOf(one),
          value: one.oldestAgeSeconds,
        })),
      };
    },
  );
  const perAsset = (name: string, help: string) => ({ name, help, labelNames: ['chain', 'asset'] });
  registerGaugeGroup(
    registry,
    [
      perAsset(
        'naru_deposits_unswept',
        'What lies at deposit addresses, in whole units, by final logs; for graphs, not for books',
      ),
      perAsset('naru_deposits_unswept_addresses', 'Deposit addresses that it lies at'),
    ],
    async () => {
      const unswept = await readUnswept(db);
      const labelsOf = ({ chain, asset }: (typeof unswept)[number]) => ({ chain, asset });
      return {
        naru_deposits_unswept: unswept.map((one) => ({
          labels: labelsOf(one),
          value: Number(one.held) / 10 ** one.decimals,
        })),
        naru_deposits_unswept_addresses: unswept.map((one) => ({
          labels: labelsOf(one),
          value: one.addresses,
        })),
      };
    },
  );
  registerGaugeGroup(
    registry,
    [
      {
        name: 'naru_deposit_lag_blocks',
        help: 'Final blocks of a chain that were not read for deposits yet',
        labelNames: ['chain'],
      },
    ],
    async () => ({
      naru_deposit_lag_blocks: (await readScanLag(db)).map(({ chain, lagBlocks }) => ({
        labels: { chain },
        value: lagBlocks,
      })),
    }),
  );
}

/** Counts what deposits became, from their log; `look` reads what is new. */
export function createDepositChangeMetrics(
  registry: Registry,
  db: Database,
): { look: () => Promise<boolean> } {
  const changes = new Counter({
    name: 'naru_deposit_changes_total',
    help: 'Deposits that reached a state since this process started',
    labelNames: ['chain', 'asset', 'state'],
    registers: [registry],
  });
  let position: bigint | null = null;
  return {
    async look() {
      position ??= await readDepositLogEnd(db);
      const found = await readDepositChanges(db, position, CHANGES_MAX);
      for (const { chain, asset, state } of found) changes.inc({ chain, asset, state });
      position = found.at(-1)?.position ?? position;
      return found.length === CHANGES_MAX;
    },
  };
}
