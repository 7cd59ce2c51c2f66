import { createHash } from 'node:crypto';
import type { Access } from '@naru/core/access/access.service.ts';
import type { Caller } from '@naru/core/access/access.ts';
import type { BulkRowProblem, Refusal } from '@naru/core/withdrawal/withdrawal.errors.ts';
import type { Bulk, Withdrawal, WithdrawalRequest } from '@naru/core/withdrawal/withdrawal.ts';
import type { CommandResult, Withdrawals } from '@naru/core/withdrawal/withdrawals.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { parseAmount } from '@naru/kit/money.ts';
import { scopes as allScopes } from '@naru/wire/role.ts';
import type { AppDeps } from '../src/deps.ts';

/**
 * A stand-in for the core, for tests of the edge alone: it keeps the contract of `Withdrawals` (idempotency, tenancy,
 * refusals as values) in maps, knows one chain and one asset, and checks no address. It is not a model of the ledger.
 */
export type InMemory = Withdrawals & {
  /** The next call of any function fails with this. */
  failNext(error: unknown): void;
  /** Calls wait for this promise before they do anything. */
  hold(until: Promise<void>): void;
  set(id: string, change: Partial<Withdrawal>): void;
  count(): number;
  /** Whoever owns it. */
  find(id: string): Withdrawal | null;
};

const DECIMALS = 6;

type State = {
  rows: Map<string, Withdrawal>;
  bulks: Map<string, Bulk & { organisationId: string }>;
  records: Map<string, { hash: string; answer: CommandResult<unknown> }>;
  balance: bigint;
  failure: { error: unknown } | null;
  gate: Promise<void>;
};

export function createInMemoryWithdrawals(options: { balance?: bigint } = {}): InMemory {
  const state: State = {
    rows: new Map(),
    bulks: new Map(),
    records: new Map(),
    balance: options.balance ?? 10n ** 18n,
    failure: null,
    gate: Promise.resolve(),
  };
  return {
    ...createSingles(state),
    ...createBulks(state),
    ...createCatalogue(state),
    failNext: (error) => {
      state.failure = { error };
    },
    hold: (until) => {
      state.gate = until;
    },
    set: (id, change) => {
      const row = state.rows.get(id);
      if (row !== undefined) state.rows.set(id, { ...row, ...change });
    },
    count: () => state.rows.size,
    find: (id) => state.rows.get(id) ?? null,
  };
}

async function enter(state: State): Promise<void> {
  await state.gate;
  if (state.failure === null) return;
  const { error } = state.failure;
  state.failure = null;
  throw error;
}

function once<T>(
  state: State,
  caller: Caller,
  key: string,
  input: string,
  work: () => CommandResult<T>,
): CommandResult<T> {
  const hash = createHash('sha256').update(input).digest('hex');
  const name = `${caller.organisationId}/${key}`;
  const known = state.records.get(name);
  if (known === undefined) {
    const answer = work();
    state.records.set(name, { hash, answer });
    return answer;
  }
  if (known.hash !== hash)
    return refuse('idempotency_key_reused', 'This idempotency key was used for another request.');
  return { ...(known.answer as CommandResult<T>), replayed: true };
}

function accept(
  state: State,
  caller: Caller,
  request: WithdrawalRequest,
  bulk: { id: string; row: number } | null,
): CommandResult<Withdrawal> {
  if (request.chain !== 'localhost')
    return refuse('chain_not_supported', `The chain "${request.chain}" is not available here.`);
  if (request.asset !== 'USDC')
    return refuse('asset_not_supported', `The asset "${request.asset}" cannot be withdrawn.`);
  const amount = parseAmount(request.amount, DECIMALS);
  if (!amount.ok)
    return refuse('validation_failed', 'The request has fields that cannot be accepted.', [
      { pointer: '/amount', code: 'amount_decimals', message: 'USDC has 6 decimals at most.' },
    ]);
  if (amount.units > state.balance)
    return refuse('insufficient_balance', 'Your available balance of USDC does not cover this amount.');
  state.balance -= amount.units;
  const now = new Date();
  const value: Withdrawal = {
    ...request,
    id: newUuid(),
    organisationId: caller.organisationId,
    decimals: DECIMALS,
    amount: amount.units,
    fee: 0n,
    bulkId: bulk?.id ?? null,
    bulkRow: bulk?.row ?? null,
    state: 'PENDING',
    transaction: null,
    failure: null,
    review: null,
    createdAt: now,
    updatedAt: now,
    confirmedAt: null,
  };
  state.rows.set(value.id, value);
  return { kind: 'done', value, replayed: false };
}

function own(state: State, caller: Caller, id: string): Withdrawal | null {
  const row = state.rows.get(id);
  return row?.organisationId === caller.organisationId ? row : null;
}

function createSingles(state: State): Pick<Withdrawals, 'request' | 'cancel' | 'get' | 'list' | 'events'> {
  return {
    async request(caller, key, request) {
      await enter(state);
      return once(state, caller, key, JSON.stringify(request), () => accept(state, caller, request, null));
    },
    async cancel(caller, key, id) {
      await enter(state);
      const work = (): CommandResult<Withdrawal> => {
        const row = own(state, caller, id);
        if (row === null) return refuse('withdrawal_not_found', 'There is no such withdrawal.');
        if (!['PENDING', 'VALIDATING', 'REVIEW', 'CANCELED'].includes(row.state))
          return refuse('withdrawal_not_cancelable', 'Signing has begun.');
        const value: Withdrawal = { ...row, state: 'CANCELED' };
        state.rows.set(id, value);
        return { kind: 'done', value, replayed: false };
      };
      return key === null ? work() : once(state, caller, key, `cancel/${id}`, work);
    },
    async get(caller, id) {
      await enter(state);
      return own(state, caller, id);
    },
    async list(caller, filter, page) {
      await enter(state);
      const all = [...state.rows.values()]
        .filter((row) => row.organisationId === caller.organisationId)
        .filter((row) => filter.state === undefined || filter.state.includes(row.state))
        .filter((row) => filter.reference === undefined || row.reference === filter.reference)
        .filter((row) => filter.bulkId === undefined || row.bulkId === filter.bulkId)
        .filter((row) => filter.createdFrom === undefined || row.createdAt >= filter.createdFrom)
        .filter((row) => filter.createdTo === undefined || row.createdAt < filter.createdTo)
        .sort((one, other) => (one.id < other.id ? 1 : -1))
        .filter((row) => page.after === null || row.id < page.after);
      const data = all.slice(0, page.limit);
      return { data, next: all.length > page.limit ? (data.at(-1)?.id ?? null) : null };
    },
    async events(caller, id) {
      await enter(state);
      const row = own(state, caller, id);
      if (row === null) return null;
      return [{ from: null, to: 'PENDING', actor: 'api_key:test', reason: 'requested', at: row.createdAt }];
    },
  };
}

function createBulks(state: State): Pick<Withdrawals, 'requestBulk' | 'getBulk' | 'listBulks' | 'bulkRows'> {
  return {
    async requestBulk(caller, key, input) {
      await enter(state);
      const requests: { row: number; request: WithdrawalRequest }[] = [];
      const errors: BulkRowProblem[] = [];
      for await (const chunk of input.rows)
        for (const read of chunk) {
          if ('problems' in read) {
            errors.push(...read.problems);
            continue;
          }
          const { row, request } = read;
          requests.push({ row, request });
          if (request.chain !== 'localhost')
            errors.push({ row, field: 'chain', code: 'chain_not_supported', message: 'not available' });
        }
      if (errors.length > 0)
        return { kind: 'invalid', errors: errors.slice(0, 1_000), errorCount: errors.length };
      if (requests.length === 0)
        return {
          kind: 'invalid',
          errorCount: 1,
          errors: [{ row: 0, field: 'file', code: 'file_empty', message: '' }],
        };
      if (input.dryRun)
        return { kind: 'done', value: { dryRun: true, total: requests.length }, replayed: false };
      return once<Bulk>(state, caller, key, input.inputHash().toString('hex'), () => {
        const id = newUuid();
        for (const { row, request } of requests) accept(state, caller, request, { id, row });
        const value = {
          id,
          total: requests.length,
          counts: { PENDING: requests.length },
          createdAt: new Date(),
        };
        state.bulks.set(id, { ...value, organisationId: caller.organisationId });
        return { kind: 'done', value, replayed: false };
      });
    },
    async getBulk(caller, id) {
      await enter(state);
      const bulk = state.bulks.get(id);
      return bulk?.organisationId === caller.organisationId ? bulk : null;
    },
    async listBulks(caller) {
      await enter(state);
      const data = [...state.bulks.values()]
        .filter(({ organisationId }) => organisationId === caller.organisationId)
        .map((bulk) => ({ ...bulk, completedAt: null }));
      return { data: data.toReversed(), next: null };
    },
    async *bulkRows(caller, id) {
      const of = [...state.rows.values()].filter(
        (row) => row.bulkId === id && row.organisationId === caller.organisationId,
      );
      yield of.sort((one, other) => (one.bulkRow ?? 0) - (other.bulkRow ?? 0));
    },
  };
}

function createCatalogue(
  state: State,
): Pick<Withdrawals, 'listChains' | 'listAssets' | 'listBalances' | 'quote'> {
  return {
    /** Fees need a real database: see `test/e2e/settings.test.ts`. */
    async quote() {
      await enter(state);
      return refuse('asset_not_supported', 'The asset cannot be withdrawn here.');
    },
    async listChains() {
      await enter(state);
      return [
        {
          id: 'localhost',
          name: 'Local development chain',
          evmChainId: 31_337n,
          network: 'local',
          nativeSymbol: 'ETH',
          confirmations: 1,
          blockTimeMs: 2_000,
          explorerUrl: null,
          enabled: true,
        },
      ];
    },
    async listAssets() {
      await enter(state);
      const common = { chain: 'localhost', enabled: true, minimum: 10_000n, maximum: null };
      return [
        { ...common, asset: 'USDC', symbol: 'USDC', address: `0x${'1'.repeat(40)}`, decimals: DECIMALS },
        { ...common, asset: 'ETH', symbol: 'ETH', address: null, decimals: 18 },
      ];
    },
    async listBalances() {
      await enter(state);
      return [
        { chain: 'localhost', asset: 'USDC', decimals: DECIMALS, available: state.balance, reserved: 1n },
      ];
    },
  };
}

function refuse(code: Refusal['code'], message: string, errors?: Refusal['errors']): CommandResult<never> {
  const refusal = { code, message, retryable: false, ...(errors === undefined ? {} : { errors }) };
  return { kind: 'refused', refusal, replayed: false };
}

export const tokens = {
  all: 'nk_test_all',
  other: 'nk_test_other-organisation',
  readOnly: 'nk_test_read-only',
  writeOnly: 'nk_test_write-only',
  limited: 'nk_test_two-a-minute',
} as const;

const organisationId = newUuid();
const keyOf = (
  scopes: string[],
  organisation = organisationId,
  requestsPerMinuteMax = 1_000_000,
): Caller => ({
  organisationId: organisation,
  apiKeyId: newUuid(),
  network: 'test',
  scopes,
  requestsPerMinuteMax,
});
const everything = [...allScopes];
const callers = new Map<string, Caller>([
  [tokens.all, keyOf(everything)],
  [tokens.other, keyOf(everything, newUuid())],
  [tokens.readOnly, keyOf(['withdrawals:read'])],
  [tokens.writeOnly, keyOf(['withdrawals:write'])],
  [tokens.limited, keyOf(everything, organisationId, 2)],
]);

/** Knows the keys in `tokens` and nothing else; `nk_test_elsewhere` is not allowed from this address. */
export const inMemoryAccess: Access = {
  async authenticate(token) {
    if (token === 'nk_test_elsewhere') return { refused: 'ip_not_allowed' };
    const caller = callers.get(token);
    return caller === undefined ? { refused: 'unknown' } : { caller };
  },
  createOrganisation: () => Promise.reject(new Error('not here')),
  createApiKey: () => Promise.reject(new Error('not here')),
  revokeApiKey: () => Promise.reject(new Error('not here')),
};

export const inMemoryCredit: AppDeps['credit'] = async (_caller, _key, { chain, asset, amount }) => {
  const parsed = parseAmount(amount, DECIMALS);
  const units = parsed.ok ? parsed.units : 0n;
  const value = { transferId: newUuid(), chain, asset, decimals: DECIMALS, amount: units, available: units };
  return { kind: 'done', value, replayed: false };
};

/** None, and none can be made: `alert-channels.test.ts` has real ones. */
export const noAlertChannels: AppDeps['alertChannels'] = (() => {
  const refusal = {
    code: 'alert_channel_not_found',
    message: 'There is no such channel in use.',
    retryable: false,
  } as const;
  const refuse = async () => ({ kind: 'refused', replayed: false, refusal }) as const;
  return { list: async () => [], create: refuse, test: refuse, remove: refuse };
})();
