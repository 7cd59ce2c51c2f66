import type { Hex } from '@naru/kit/hex.ts';
import type { Address } from 'viem';
import { type Refusal, refuse, type Spend } from './check-policy.ts';
import type { CancelEntry, JournalEntry, OriginalEntry } from './journal-entry.ts';
import { createRollingSum, type RollingSum } from './rolling-sum.ts';
import { DAY_MS, NONCE_KEPT_MS, NONCES_KEPT_PER_ACCOUNT } from './signer.limits.ts';

/** What is about to be signed, as far as the book cares. */
export type Candidate = {
  chainId: number;
  from: Address;
  nonce: number;
  payloadHash: Hex;
  isCancel: boolean;
  spend: Spend | null;
};

export type Verdict =
  /** Never signed before: `entry` must be on disk before it is. */
  | { kind: 'new'; entry: OriginalEntry | CancelEntry }
  /** Signed before with this very payload: again, with whatever fees, changes nothing. */
  | { kind: 'known' }
  | Refusal;

export type HighestNonce = { chainId: number; from: Address; nonce: number };

type Slot = { original: OriginalEntry | null; cancel: CancelEntry | null };
type Account = { chainId: number; from: Address; floorNonce: number; slots: Map<number, Slot> };

/**
 * What has been signed, in memory. At each place (chain, account, nonce) at most one payload is ever signed besides a
 * cancel. Once a cancel was the first, no other payload follows. Pure but for its own state: no files, no clock.
 */
export type SignedBook = {
  judge(candidate: Candidate, nowMs: number): Verdict;
  /** Takes an entry in. Taking it in again changes nothing. */
  apply(entry: JournalEntry): void;
  /** Forgets nonces that are both old and far below the account's highest, and refuses them from then on. */
  forget(nowMs: number): void;
  /** The highest nonce at which anything was ever signed, of each account. */
  highestNonces(): HighestNonce[];
  /** Everything the book knows, in an order in which it can be applied. */
  entries(): JournalEntry[];
};

export function createSignedBook(): SignedBook {
  const accounts = new Map<string, Account>();
  const spent = new Map<string, RollingSum>();

  function accountOf(chainId: number, from: Address): Account {
    const name = `${chainId}:${from}`;
    const account = accounts.get(name) ?? { chainId, from, floorNonce: 0, slots: new Map() };
    accounts.set(name, account);
    return account;
  }

  function spentOf(chainId: number, token: Address | null): RollingSum {
    const name = `${chainId}:${token ?? 'native'}`;
    const sum = spent.get(name) ?? createRollingSum(DAY_MS);
    spent.set(name, sum);
    return sum;
  }

  function judge(candidate: Candidate, nowMs: number): Verdict {
    const { chainId, from, nonce, payloadHash, isCancel, spend } = candidate;
    const account = accountOf(chainId, from);
    if (nonce < account.floorNonce) {
      return refuse('nonce_too_old', `nonces of ${from} below ${account.floorNonce} have been forgotten`);
    }
    const slot = account.slots.get(nonce);
    if (isCancel) {
      if (slot?.cancel != null) return { kind: 'known' };
      return { kind: 'new', entry: { kind: 'cancel', chainId, from, nonce, atMs: nowMs } };
    }
    if (slot !== undefined) {
      if (slot.original?.payloadHash === payloadHash) return { kind: 'known' };
      const earlier = slot.original === null ? 'a cancel' : 'another payload';
      return refuse('payload_conflict', `nonce ${nonce} of ${from} has already been signed with ${earlier}`);
    }
    const refusal = spend === null ? null : checkDay(chainId, spend, nowMs);
    if (refusal !== null) return refusal;
    const recorded = spend === null ? null : { token: spend.token, amount: spend.amount };
    return {
      kind: 'new',
      entry: { kind: 'original', chainId, from, nonce, payloadHash, spend: recorded, atMs: nowMs },
    };
  }

  function checkDay(chainId: number, spend: Spend, nowMs: number): Refusal | null {
    const already = spentOf(chainId, spend.token).total(nowMs);
    if (already + spend.amount <= spend.perDayMax) return null;
    return refuse(
      'daily_limit',
      `${already} of ${spend.perDayMax} are signed within 24 hours, ${spend.amount} more do not fit: try again later`,
    );
  }

  function apply(entry: JournalEntry): void {
    if (entry.kind === 'head') return;
    const account = accountOf(entry.chainId, entry.from);
    if (entry.kind === 'floor') {
      account.floorNonce = Math.max(account.floorNonce, entry.nonce);
      return;
    }
    const slot = account.slots.get(entry.nonce) ?? { original: null, cancel: null };
    account.slots.set(entry.nonce, slot);
    if (entry.kind === 'cancel') {
      slot.cancel ??= entry;
    } else if (slot.original === null) {
      slot.original = entry;
      if (entry.spend !== null) {
        spentOf(entry.chainId, entry.spend.token).add(entry.atMs, entry.spend.amount);
      }
    }
  }

  return {
    judge,
    apply,
    forget(nowMs) {
      for (const account of accounts.values()) forgetOld(account, nowMs);
    },
    highestNonces: () =>
      [...accounts.values()]
        .filter(({ slots }) => slots.size > 0)
        .map(({ chainId, from, slots }) => ({ chainId, from, nonce: maxKey(slots) })),
    entries: () => [...accounts.values()].flatMap(entriesOf).sort(byTime),
  };
}

function forgetOld(account: Account, nowMs: number): void {
  let floor = maxKey(account.slots) - NONCES_KEPT_PER_ACCOUNT;
  for (const [nonce, slot] of account.slots) {
    const lastMs = Math.max(slot.original?.atMs ?? 0, slot.cancel?.atMs ?? 0);
    if (nowMs - lastMs < NONCE_KEPT_MS) floor = Math.min(floor, nonce);
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
  const slots = [...account.slots.values()].flatMap(({ original, cancel }) =>
    [original, cancel].filter((entry) => entry !== null),
  );
  return [...floor, ...slots];
}

/** Sums are kept in the order of time; floors have none and come first. */
function byTime(one: JournalEntry, other: JournalEntry): number {
  return timeOf(one) - timeOf(other);
}

function timeOf(entry: JournalEntry): number {
  return entry.kind === 'original' || entry.kind === 'cancel' ? entry.atMs : 0;
}
