import type { Hex } from '@naru/kit/hex.ts';
import type { Address } from 'viem';
import { type Fee, type Refusal, refuse, type Spend } from './check-policy.ts';
import type { CancelEntry, FeeEntry, JournalEntry, OriginalEntry, PolicyEntry } from './journal-entry.ts';
import { DAY_MS, NONCE_KEPT_MS, NONCES_KEPT_PER_ACCOUNT, POLICY_CHANGES_KEPT } from './signer.limits.ts';
import { createSpentBook, type SpentBook } from './spent-book.ts';

/** What is about to be signed, as far as the book cares. */
export type Candidate = {
  chainId: number;
  from: Address;
  nonce: number;
  payloadHash: Hex;
  isCancel: boolean;
  spend: Spend | null;
  fee: Fee;
};

export type Verdict =
  /** Not signed before, or at a lower cost: `entry` must be on disk before it is. */
  | { kind: 'new'; entry: OriginalEntry | CancelEntry | FeeEntry }
  /** Signed before with this very payload, at this cost or a higher one: once more changes nothing. */
  | { kind: 'known' }
  | Refusal;

export type HighestNonce = { chainId: number; from: Address; nonce: number };

type Slot = {
  original: OriginalEntry | null;
  cancel: CancelEntry | null;
  fees: FeeEntry[];
  feeWeiMax: bigint;
};
type Account = { chainId: number; from: Address; floorNonce: number; slots: Map<number, Slot> };

/**
 * What has been signed, in memory. At each place (chain, account, nonce) at most one payload is ever signed besides a
 * cancel. Once a cancel was the first, no other payload follows. At most one of all that was signed at a place can be
 * mined, so a place costs what its dearest costs. Pure but for its own state: no files, no clock.
 */
export type SignedBook = {
  judge(candidate: Candidate, nowMs: number): Verdict;
  /** Takes an entry in. Taking it in again changes nothing. */
  apply(entry: JournalEntry): void;
  /** Forgets nonces that are both old and far below the account's highest, and refuses them from then on. */
  forget(nowMs: number): void;
  /** The highest nonce at which anything was ever signed, of each account. */
  highestNonces(): HighestNonce[];
  /** Changes of the policy, oldest first. */
  policies(): readonly PolicyEntry[];
  readonly spent: Pick<SpentBook, 'spentOf' | 'feesOf'>;
  /** Everything the book knows, in an order in which it can be applied. */
  entries(): JournalEntry[];
};

export function createSignedBook(): SignedBook {
  const accounts = new Map<string, Account>();
  const spent = createSpentBook();
  let policies: PolicyEntry[] = [];

  function accountOf(chainId: number, from: Address): Account {
    const name = `${chainId}:${from}`;
    const account = accounts.get(name) ?? { chainId, from, floorNonce: 0, slots: new Map() };
    accounts.set(name, account);
    return account;
  }

  function judge(candidate: Candidate, nowMs: number): Verdict {
    const { chainId, from, nonce, payloadHash, isCancel, spend, fee } = candidate;
    const account = accountOf(chainId, from);
    if (nonce < account.floorNonce) {
      return refuse('nonce_too_old', `nonces of ${from} below ${account.floorNonce} have been forgotten`);
    }
    const slot = account.slots.get(nonce);
    const isKnown = isCancel ? slot?.cancel != null : slot?.original?.payloadHash === payloadHash;
    if (!isCancel && !isKnown && slot !== undefined) {
      const earlier = slot.original === null ? 'a cancel' : 'another payload';
      return refuse('payload_conflict', `nonce ${nonce} of ${from} has already been signed with ${earlier}`);
    }
    const addedWei = excess(fee.feeWei, slot?.feeWeiMax ?? 0n);
    if (isKnown && addedWei === 0n) return { kind: 'known' };
    const refusal =
      (isKnown || spend === null ? null : spent.checkSpend(chainId, from, spend, nowMs)) ??
      spent.checkFee(chainId, fee, addedWei, nowMs);
    if (refusal !== null) return refusal;
    const common = { chainId, from, nonce, feeWei: fee.feeWei, atMs: nowMs };
    if (isKnown) return { kind: 'new', entry: { kind: 'fee', ...common } };
    if (isCancel) return { kind: 'new', entry: { kind: 'cancel', ...common } };
    return { kind: 'new', entry: { kind: 'original', ...common, payloadHash, spend: recorded(spend) } };
  }

  function apply(entry: JournalEntry): void {
    if (entry.kind === 'head') return;
    if (entry.kind === 'policy') applyPolicy(entry);
    else if (entry.kind === 'floor') {
      const account = accountOf(entry.chainId, entry.from);
      account.floorNonce = Math.max(account.floorNonce, entry.nonce);
    } else applySigned(entry);
  }

  function applyPolicy(entry: PolicyEntry): void {
    const isThere = policies.some((one) => one.atMs === entry.atMs && one.sha256 === entry.sha256);
    if (!isThere) policies.push(entry);
  }

  function applySigned(entry: OriginalEntry | CancelEntry | FeeEntry): void {
    const { slots } = accountOf(entry.chainId, entry.from);
    const slot = slots.get(entry.nonce) ?? { original: null, cancel: null, fees: [], feeWeiMax: 0n };
    slots.set(entry.nonce, slot);
    if (entry.kind === 'cancel') slot.cancel ??= entry;
    else if (entry.kind === 'original' && slot.original === null) {
      slot.original = entry;
      spent.addSpend(entry);
    }
    const addedWei = excess(entry.feeWei ?? 0n, slot.feeWeiMax);
    if (addedWei === 0n) return;
    if (entry.kind === 'fee') slot.fees.push(entry);
    spent.addFee(entry.chainId, addedWei, entry.atMs);
    slot.feeWeiMax += addedWei;
  }

  return {
    judge,
    apply,
    forget(nowMs) {
      for (const account of accounts.values()) forgetOld(account, nowMs);
      policies = policies.slice(-POLICY_CHANGES_KEPT);
    },
    highestNonces: () =>
      [...accounts.values()]
        .filter(({ slots }) => slots.size > 0)
        .map(({ chainId, from, slots }) => ({ chainId, from, nonce: maxKey(slots) })),
    policies: () => policies,
    spent,
    entries: () => [...policies, ...[...accounts.values()].flatMap(entriesOf)].sort(byTime),
  };
}

function excess(feeWei: bigint, feeWeiMax: bigint): bigint {
  return feeWei > feeWeiMax ? feeWei - feeWeiMax : 0n;
}

function recorded(spend: Spend | null): OriginalEntry['spend'] {
  if (spend === null) return null;
  const { token, amount, items, isInternal } = spend;
  return { token, amount, items, ...(isInternal ? { isInternal } : {}) };
}

function forgetOld(account: Account, nowMs: number): void {
  let floor = maxKey(account.slots) - NONCES_KEPT_PER_ACCOUNT;
  for (const [nonce, slot] of account.slots) {
    const lastMs = Math.max(slot.original?.atMs ?? 0, slot.cancel?.atMs ?? 0, slot.fees.at(-1)?.atMs ?? 0);
    if (nowMs - lastMs < NONCE_KEPT_MS) floor = Math.min(floor, nonce);
    // Of raises that no window holds any more, the last one says it all.
    slot.fees = slot.fees.filter((fee, index) => index === slot.fees.length - 1 || nowMs - fee.atMs < DAY_MS);
  }
  if (floor <= account.floorNonce) return;
  account.floorNonce = floor;
  for (const nonce of account.slots.keys()) if (nonce < floor) account.slots.delete(nonce);
}

function maxKey(slots: ReadonlyMap<number, Slot>): number {
  let highest = 0;
  for (const nonce of slots.keys()) highest = Math.max(highest, nonce);
  return highest;
}

function entriesOf(account: Account): JournalEntry[] {
  const { chainId, from, floorNonce } = account;
  const floor: JournalEntry[] = floorNonce === 0 ? [] : [{ kind: 'floor', chainId, from, nonce: floorNonce }];
  const slots = [...account.slots.values()].flatMap(({ original, cancel, fees }) =>
    [original, cancel, ...fees].filter((entry) => entry !== null),
  );
  return [...floor, ...slots];
}

/** Sums are kept in the order of time; floors have none and come first. */
function byTime(one: JournalEntry, other: JournalEntry): number {
  return timeOf(one) - timeOf(other);
}

function timeOf(entry: JournalEntry): number {
  return 'atMs' in entry ? entry.atMs : 0;
}
