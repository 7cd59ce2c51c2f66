import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findAccountTotals } from '../ledger/ledger.store.ts';
import { bookElsewhere } from './book-elsewhere.ts';
import { isDue } from './execute-proposals.ts';
import { followTreasury } from './follow-treasury.ts';
import { readSafe } from './read-safe.ts';
import { setTreasury } from './set-treasury.ts';
import { BY, createTreasuryWorld, SAFE, type TreasuryWorld } from './treasury.fixture.ts';
import { EXECUTION_WAIT_MS, EXECUTIONS_MAX } from './treasury.limits.ts';
import { findProposal, findTreasury } from './treasury.store.ts';
import { askedOf, type Proposal } from './treasury.ts';

let world: TreasuryWorld;
beforeEach(async () => {
  world = await createTreasuryWorld();
});
afterEach(() => world.close());

const OTHER: Hex = `0x${'0d'.repeat(32)}`;
const executedIn = (block: bigint, hash: Hex) => world.safe.executions.push({ hash, block });
const follow = () => followTreasury(world.deps, world.chain);
const stateOf = async ({ id }: Proposal) => (await findProposal(world.db, id))?.state;
/** At this head the block is final. */
const headFor = (block: bigint) => block + BigInt(world.chain.confirmations) - 1n;
/** What the books say that the Safe holds. */
const booked = async () => {
  const [total] = await findAccountTotals(world.db, [{ kind: 'TREASURY', assetId: 'localhost:USDC' }]);
  return -(total ?? 0n);
};
const receive = (amount: bigint, what: 'received' | 'paid' = 'received', id = newUuid()) =>
  bookElsewhere(world.deps, { id, chainId: 'localhost', assetId: 'localhost:USDC', amount, what }, BY);

describe('what the Safe says', () => {
  test('its nonce at final depth is the newest less what is not final', async () => {
    executedIn(10n, OTHER);
    executedIn(world.safe.head, OTHER);
    const answer = await readSafe(world.port, world.chain, SAFE);
    expect(answer).toMatchObject({
      kind: 'read',
      reading: { nonce: 2n, finalNonce: world.chain.confirmations > 1 ? 1n : 2n, threshold: 2 },
    });
  });

  test('is believed when two providers say the same', async () => {
    executedIn(10n, OTHER);
    world.safe.hides.set(1, OTHER);
    expect(await readSafe(world.port, world.chain, SAFE)).toEqual({ kind: 'disagreed' });
    const refused = setTreasury(world.deps, { chain: world.chain, safe: SAFE }, BY);
    await expect(refused).rejects.toMatchObject({ code: 'safe_not_found' });
  });

  test('a contract that is no Safe, or hashes in another way, is no treasury', async () => {
    const absent = { ...world.port, safeState: async () => [null, null] };
    expect(await readSafe(absent, world.chain, SAFE)).toEqual({ kind: 'absent' });
    const other = { ...world.chain, evmChainId: 1n };
    expect(await readSafe(world.port, other, SAFE)).toEqual({ kind: 'unsupported' });
  });
});

describe('proposals end by the Safe’s own record', () => {
  test('not before final depth, and booked once, whoever looks', async () => {
    await receive(1_000_000_000n);
    const proposal = await world.propose('250');
    executedIn(101n, proposal.safeTxHash);
    world.safe.head = headFor(101n) - 1n;
    expect(await follow()).toBe(0);
    expect(await stateOf(proposal)).toBe('OPEN');
    world.safe.head = headFor(101n);
    await Promise.all([follow(), follow()]);
    expect(await findProposal(world.db, proposal.id)).toMatchObject({
      state: 'EXECUTED',
      executedBlock: 101n,
    });
    expect(await booked()).toBe(750_000_000n);
    await follow();
    expect(await booked()).toBe(750_000_000n);
  });

  test('superseded when something else used the nonce; nothing is booked', async () => {
    await receive(1_000_000_000n);
    const proposal = await world.propose('250');
    executedIn(101n, OTHER);
    world.safe.head = headFor(101n);
    expect(await follow()).toBe(1);
    expect(await stateOf(proposal)).toBe('SUPERSEDED');
    expect(await booked()).toBe(1_000_000_000n);
  });

  test('while one provider does not show the record, nothing ends, and it is looked for from the same block again', async () => {
    const proposal = await world.propose('250');
    executedIn(101n, proposal.safeTxHash);
    world.safe.head = headFor(101n);
    // The nonce is the same at both; only the record is missing at one of them.
    const { safeExecution } = world.port;
    world.port.safeExecution = async (...args) => [(await safeExecution(...args))[0] ?? null, null];
    expect(await follow()).toBe(0);
    world.port.safeExecution = safeExecution;
    world.safe.head += 500n;
    expect(await follow()).toBe(1);
    expect(await stateOf(proposal)).toBe('EXECUTED');
    expect(world.safe.searched.map(([first]) => first)).toEqual([proposal.fromBlock, proposal.fromBlock]);
  });

  test('a proposal that is open for long is searched for in the newest blocks only', async () => {
    const proposal = await world.propose('250');
    world.safe.head = 1_000_000n;
    await follow();
    const { finalBlock } = (await findTreasury(world.db, 'localhost')) ?? {};
    executedIn(1_000_001n, proposal.safeTxHash);
    world.safe.head = headFor(1_000_001n);
    await follow();
    expect(world.safe.searched).toEqual([[finalBlock, 1_000_001n]]);
    expect(await stateOf(proposal)).toBe('EXECUTED');
  });
});

test('the next execution waits twice as long each time, and the last one is the last', () => {
  const after = (all: number, lastMsAgo: number, open = 0) => isDue({ all, open, lastMsAgo });
  expect(after(0, 0)).toBe(true);
  expect(after(0, 0, 1)).toBe(false);
  expect([after(1, EXECUTION_WAIT_MS - 1), after(1, EXECUTION_WAIT_MS)]).toEqual([false, true]);
  expect([after(3, 4 * EXECUTION_WAIT_MS - 1), after(3, 4 * EXECUTION_WAIT_MS)]).toEqual([false, true]);
  expect(after(EXECUTIONS_MAX, 1e12)).toBe(false);
});

test('an owner who was removed counts no more, and a higher nonce waits for the ones before it', async () => {
  const proposal = await world.propose('1');
  const [first, second] = world.safe.owners;
  const signatures = [first, second].map((owner) => ({
    owner: owner as Hex,
    signature: '0x' as Hex,
    actor: '',
    addedAt: new Date(),
  }));
  const treasury = { owners: world.safe.owners, threshold: 2, nonce: proposal.safeNonce };
  const signed = { ...proposal, signatures };
  expect(askedOf(signed, treasury)).toEqual({ signatures: 0, earlierTransactions: 0n });
  expect(askedOf(signed, { ...treasury, owners: world.safe.owners.slice(1) })).toMatchObject({
    signatures: 1,
  });
  expect(askedOf({ ...signed, safeNonce: 5n }, { ...treasury, nonce: 3n })).toMatchObject({
    earlierTransactions: 2n,
  });
  expect(askedOf({ ...signed, state: 'SUPERSEDED', signatures: [] }, treasury)).toMatchObject({
    signatures: 0,
  });
});

test('what happened elsewhere is booked once, and the house pays no more than it has', async () => {
  const id = newUuid();
  expect(await receive(500n, 'received', id)).toBe(true);
  expect(await receive(500n, 'received', id)).toBe(false);
  await expect(receive(501n, 'received', id)).rejects.toMatchObject({ code: 'booking_exists' });
  expect(await booked()).toBe(500n);
  await expect(receive(501n, 'paid')).rejects.toMatchObject({ code: 'booking_not_covered' });
  expect(await receive(500n, 'paid')).toBe(true);
  expect(await booked()).toBe(0n);
});
