import type { Hex } from '@naru/kit/hex.ts';
import { finalWithdrawalStates } from '../../withdrawal/withdrawal.machine.ts';
import { NONCE_AHEAD, UNKNOWN_BATCH } from '../chain-tx.pauses.ts';
import type { Watcher } from './database.ts';
import { ensure } from './failures.ts';
import type { ModelChain } from './model-chain.ts';
import type { Bytes } from './model-contract.ts';
import type { Tables, WithdrawalRow } from './tables.ts';

/** What must be true at every moment, whatever has happened. */
export type Invariants = Watcher & {
  accepted(amount: bigint): void;
  /** The database went back in time: what it lost does not count as accepted any more. */
  restored(): void;
  /** Somebody else used a nonce of ours. */
  foreignUsed(): void;
  paid(withdrawalId: string, times: number): void;
  /** A pool has taken these bytes. */
  pooled(bytes: Bytes, earlier: readonly Bytes[]): void;
  afterStep(): void;
  /** True when everything has ended; throws when it ended wrongly. */
  isOver(): boolean;
  /** What still keeps the story from its end. */
  describeOpen(): string;
};

export function createInvariants(deps: { tables: () => Tables; chain: () => ModelChain }): Invariants {
  const { tables, chain } = deps;
  let acceptedSum = 0n;
  let mayPause = false;
  let hasRestored = false;

  const sumOf = (rows: Iterable<WithdrawalRow>, hold: WithdrawalRow['hold']) =>
    [...rows].reduce((sum, row) => (row.hold === hold ? sum + row.amount : sum), 0n);

  return {
    accepted(amount) {
      acceptedSum += amount;
    },
    restored() {
      hasRestored = true;
      mayPause = true;
      acceptedSum = [...tables().withdrawals.values()].reduce((sum, row) => sum + row.amount, 0n);
    },
    foreignUsed() {
      mayPause = true;
    },
    paid(id, times) {
      ensure(times === 1, () => `withdrawal ${id} is paid ${times} times`);
      const row = tables().withdrawals.get(id);
      ensure(row?.hold !== 'VOIDED', () => `withdrawal ${id} is paid after its money was released`);
    },
    pooled(bytes, earlier) {
      if (hasRestored || bytes.purpose !== 'PAY') return;
      const other = earlier.find((one) => one.purpose === 'PAY' && one.batchId !== bytes.batchId);
      ensure(
        other === undefined,
        () => `nonce ${bytes.nonce}: ${bytes.batchId} and ${other?.batchId} were sent`,
      );
    },
    advanced(row, from) {
      if (row.state === 'CONFIRMED') {
        const block = chain().paidIn(row.id);
        ensure(block !== null, () => `withdrawal ${row.id} is CONFIRMED and not paid`);
        ensure(
          block !== null && block <= chain().finalNumber,
          () => `withdrawal ${row.id} is CONFIRMED by block ${block}, which is not final`,
        );
      }
      const isReplanned = from === 'CONFIRMING' && row.state === 'VALIDATING';
      // While an operator recovers, a plan that the backup had not seen end may end: nothing is planned until it is over.
      const isHeldBack =
        hasRestored && [...tables().accounts.values()].every((account) => account.state === 'PAUSED');
      const isGivenUp = row.hold === 'VOIDED' || (isReplanned && !isHeldBack);
      ensure(
        !isGivenUp || chain().timesPaid(row.id) === 0,
        () => `withdrawal ${row.id} is ${row.state} although it is paid`,
      );
    },
    moved() {},
    committed(changed) {
      if (changed.size === 0) return;
      for (const row of changed) {
        const due =
          row.state === 'CONFIRMED'
            ? 'POSTED'
            : finalWithdrawalStates.includes(row.state)
              ? 'VOIDED'
              : 'PENDING';
        ensure(row.hold === due, () => `withdrawal ${row.id} is ${row.state} and its hold is ${row.hold}`);
      }
      const rows = [...tables().withdrawals.values()];
      const sum = sumOf(rows, 'POSTED') + sumOf(rows, 'VOIDED') + sumOf(rows, 'PENDING');
      ensure(
        sum === acceptedSum,
        () => `paid, released and in flight are ${sum}, accepted are ${acceptedSum}`,
      );
    },
    afterStep() {
      if (mayPause) return;
      for (const account of tables().accounts.values())
        ensure(
          account.pauseReason !== NONCE_AHEAD && account.pauseReason !== UNKNOWN_BATCH,
          () => `${account.id} is paused without a cause: ${account.pauseReason}`,
        );
    },
    isOver() {
      const { withdrawals, accounts } = tables();
      if (openOf(tables()).length > 0) return false;
      for (const row of withdrawals.values()) {
        const times = chain().timesPaid(row.id);
        const due = row.state === 'CONFIRMED' ? 1 : 0;
        ensure(times === due, () => `withdrawal ${row.id} is ${row.state} and paid ${times} times`);
      }
      for (const account of accounts.values()) {
        const count = chain().countOf(account.address);
        // More than were given out: somebody else used the key last. The next plan finds it.
        ensure(
          account.nextNonce === count || (mayPause && account.nextNonce < count),
          () => `${account.id} has given out nonces up to ${account.nextNonce}, the chain has used ${count}`,
        );
      }
      return true;
    },
    describeOpen() {
      const states = [...tables().accounts.values()].map(
        (one) =>
          `${one.id} ${one.state} ${one.pauseReason ?? ''} next ${one.nextNonce}, chain ${chain().countOf(one.address as Hex)}`,
      );
      return [...openOf(tables()), ...states].join('; ');
    },
  };
}

function openOf({ withdrawals, chainTxs }: Tables): string[] {
  const isOpen = (state: string) => !['EXECUTED', 'REVERTED', 'CANCELED', 'DISPLACED'].includes(state);
  return [
    ...[...withdrawals.values()]
      .filter((row) => !finalWithdrawalStates.includes(row.state))
      .map((row) => `${row.id} ${row.state}`),
    ...[...chainTxs.values()]
      .filter((row) => isOpen(row.state))
      .map((row) => `${row.id} ${row.state} ${row.wanted ?? ''}`),
  ];
}
