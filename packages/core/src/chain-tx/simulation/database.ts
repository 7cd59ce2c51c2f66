import { type WithdrawalState, withdrawalTransitions } from '../../withdrawal/withdrawal.machine.ts';
import { type ChainTxState, chainTxTransitions } from '../chain-tx.machine.ts';
import { ITEM_PAID } from '../ports.ts';
import { ensure } from './failures.ts';
import { type ChainTxRow, copyTables, type Tables, type WithdrawalRow } from './tables.ts';

/**
 * The database: rows, transactions that keep all or nothing, and the guards of the real one. A transaction is one step
 * of the simulation: what runs beside it comes before or after. That a statement waits for a row lock is thus not
 * modelled; that it finds the row changed is.
 */
export type ModelDatabase = {
  readonly tables: Tables;
  /** Runs `work`; when it throws, nothing of it is kept. */
  transaction<T>(work: () => T): T;
  change<T extends object>(row: T, patch: Partial<T>): void;
  insert<K, V>(map: Map<K, V>, key: K, value: V): void;
  remove<K, V>(map: Map<K, V>, key: K): void;
  /** The one way in which a withdrawal changes its state. */
  advance(row: WithdrawalRow, to: WithdrawalState, patch?: Partial<WithdrawalRow>): void;
  /** The same for a chain transaction. */
  move(row: ChainTxRow, to: ChainTxState, patch?: Partial<ChainTxRow>): void;
  backup(): Tables;
  restore(backup: Tables): void;
};

export type Watcher = {
  /** After each commit, the withdrawals that changed in it. */
  committed(changed: ReadonlySet<WithdrawalRow>): void;
  advanced(row: WithdrawalRow, from: WithdrawalState): void;
  moved(row: ChainTxRow, from: ChainTxState): void;
};

export function createModelDatabase(initial: Tables, watcher: Watcher): ModelDatabase {
  let tables = initial;
  let undo: (() => void)[] = [];
  let changed = new Set<WithdrawalRow>();

  function change<T extends object>(row: T, patch: Partial<T>): void {
    const before = { ...row };
    undo.push(() => Object.assign(row, before));
    Object.assign(row, patch);
    if ('hold' in row) changed.add(row as unknown as WithdrawalRow);
  }

  return {
    get tables() {
      return tables;
    },
    transaction(work) {
      undo = [];
      changed = new Set();
      try {
        const result = work();
        watcher.committed(changed);
        return result;
      } catch (error) {
        for (const back of undo.toReversed()) back();
        throw error;
      }
    },
    change,
    insert(map, key, value) {
      ensure(!map.has(key), () => `${String(key)} is there already`);
      map.set(key, value);
      undo.push(() => map.delete(key));
    },
    remove(map, key) {
      const value = map.get(key);
      if (value === undefined) return;
      map.delete(key);
      undo.push(() => map.set(key, value));
    },
    advance(row, to, patch = {}) {
      const from = row.state;
      requireEdge(tables, row, to);
      change(row, { ...patch, state: to, version: row.version + 1 });
      watcher.advanced(row, from);
    },
    move(row, to, patch = {}) {
      const from = row.state;
      const isEdge = chainTxTransitions.some((edge) => edge.from === from && edge.to === to);
      ensure(isEdge, () => `chain transaction ${row.id}: ${from} may not become ${to}`);
      change(row, { ...patch, state: to, version: row.version + 1 });
      watcher.moved(row, from);
    },
    backup: () => copyTables(tables),
    restore(backup) {
      tables = copyTables(backup);
    },
  };
}

/** The trigger `withdrawal_guard`: only the steps of the machine, and those that need a proof only with it. */
function requireEdge(tables: Tables, row: WithdrawalRow, to: WithdrawalState): void {
  const edge = withdrawalTransitions.find((one) => one.from === row.state && one.to === to);
  ensure(edge !== undefined, () => `withdrawal ${row.id}: ${row.state} may not become ${to}`);
  if (edge?.proof === null || edge === undefined) return;
  const chainTx = row.chainTxId === null ? undefined : tables.chainTxs.get(row.chainTxId);
  const outcome =
    chainTx?.state === 'EXECUTED' && row.position !== null ? chainTx.outcomes?.[row.position] : undefined;
  const isVoid = ['REVERTED', 'CANCELED', 'DISPLACED'].includes(chainTx?.state ?? '');
  const isProved =
    edge.proof === 'PAID'
      ? outcome === ITEM_PAID
      : isVoid || (outcome !== undefined && outcome !== ITEM_PAID);
  ensure(
    isProved,
    () => `withdrawal ${row.id}: ${row.state} may not become ${to} without proof ${edge.proof}`,
  );
}
