import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { verify } from '@naru/core/reconciliation/verify.ts';
import { batchPayoutAbi } from '@naru/evm/abi/batch-payout.gen.ts';
import { connectPayoutChain } from '@naru/evm/connect-payout-chain.ts';
import { decodePayoutLog, type PayoutOutcome } from '@naru/evm/payout-log.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { sleep, systemClock } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { erc20Abi, getAbiItem, parseTransaction } from 'viem';
import { isRefusedBy, type Payout, type Ruling } from './payouts.ts';
import { listPaused, readAllAttempts, readStandings, type Standing } from './torture.store.ts';
import type { TortureStack } from './torture-stack.ts';
import type { Excuses } from './world.ts';

/** A payout, or the books, that are not as they must be. */
export type Wrong = {
  kind:
    | 'duplicate'
    | 'lost'
    | 'wrong state'
    | 'books'
    | 'nonce'
    | 'paused'
    | 'unknown payment'
    | 'rules'
    | 'account move'
    | 'deposit'
    | 'webhook'
    | 'setting';
  id: string | null;
  text: string;
};

/** What the contract recorded of each withdrawal id, in the order of the chain. Our own story is not asked. */
export async function readOutcomes(stack: TortureStack): Promise<Map<string, PayoutOutcome[]>> {
  const logs = await stack.devnet.client.getLogs({
    address: stack.contracts.payoutContract,
    event: getAbiItem({ abi: batchPayoutAbi, name: 'BatchExecuted' }),
    fromBlock: 0n,
    toBlock: 'latest',
  });
  const outcomes = new Map<string, PayoutOutcome[]>();
  for (const log of logs) {
    const decoded = decodePayoutLog(log);
    assert(decoded.ok, `the log of ${log.transactionHash} is none of a payout`);
    for (const { id, outcome } of decoded.batch.outcomes)
      outcomes.set(id, [...(outcomes.get(id) ?? []), outcome]);
  }
  return outcomes;
}

/** Judges payouts of which every one should have ended: the chain's logs, the recipients' balances, then our answer. */
export async function judgePayouts(
  stack: TortureStack,
  payouts: readonly Payout[],
  excuses: Excuses,
): Promise<Wrong[]> {
  const outcomes = await readOutcomes(stack);
  const balances = await readBalances(stack, payouts);
  const ids = payouts.flatMap(({ id }) => (id === null ? [] : [id]));
  const standings = new Map((await readStandings(stack.db(), ids)).map((one) => [one.id, one]));
  return payouts.flatMap((payout, index) =>
    judgeOne(payout, {
      outcomes: payout.id === null ? [] : (outcomes.get(payout.id) ?? []),
      balance: assertPresent(balances[index], 'balance of a recipient'),
      standing: payout.id === null ? null : (standings.get(payout.id) ?? null),
      excuses,
    }),
  );
}

function judgeOne(
  payout: Payout,
  found: {
    outcomes: readonly PayoutOutcome[];
    balance: bigint;
    standing: Standing | null;
    excuses: Excuses;
  },
): Wrong[] {
  const { id, units } = payout;
  if (isRefusedBy(payout.ruling, payout.refusal ?? undefined))
    return found.balance === 0n && id === null
      ? []
      : [{ kind: 'rules', id, text: `${payout.to} is ${payout.ruling}, and has ${found.balance}` }];
  if (id === null) return [{ kind: 'lost', id: null, text: `${payout.idempotencyKey} was never answered` }];
  const paid = found.outcomes.filter((outcome) => outcome === 'PAID').length;
  const say = (kind: Wrong['kind'], text: string): Wrong[] => [
    { kind, id, text: `${text}; paid ${paid} times by the logs, ${found.balance} of ${units} received` },
  ];
  if (paid > 1 || found.balance > units) return say('duplicate', 'paid more than once');
  if (found.balance !== BigInt(paid) * units) return say('wrong state', 'logs and balance differ');
  if (paid > 0 && !mayBePaid(payout.ruling)) return say('rules', `paid, although it is ${payout.ruling}`);
  const { standing } = found;
  if (standing === null) return say('lost', 'the database does not know it');
  const { state } = standing;
  if (paid === 1)
    return state === 'CONFIRMED'
      ? []
      : say(state === 'FAILED' || state === 'CANCELED' ? 'wrong state' : 'lost', `it is ${state}`);
  if (state === 'CONFIRMED') return say('wrong state', 'CONFIRMED and not paid');
  if (state === 'CANCELED')
    return payout.cancel === 'canceled'
      ? []
      : say('wrong state', 'CANCELED without a client that was told so');
  if (state === 'FAILED' && payout.ruling in DENIED_AS)
    return standing.failureCode === DENIED_AS[payout.ruling]
      ? []
      : say('wrong state', `${payout.ruling}, and FAILED ${standing.failureCode}`);
  if (state === 'FAILED')
    return hasTrueReason(payout, found.outcomes, standing, found.excuses)
      ? []
      : say('lost', `FAILED ${standing.failureCode} without a true reason`);
  return say('lost', `it is ${state}`);
}

/** How a payout fails that is never paid, whatever else happens. */
const DENIED_AS: Partial<Record<Ruling, string>> = { sanctioned: 'policy_denied', denied: 'denied' };

function mayBePaid(ruling: Ruling): boolean {
  return ruling === 'free' || ruling === 'approved';
}

/** The contract recorded a transfer that was refused, and it was we who froze the recipient or paused the token. */
function hasTrueReason(
  payout: Payout,
  outcomes: readonly PayoutOutcome[],
  { failureCode }: Standing,
  { frozen, pausedIn }: Excuses,
): boolean {
  const wasRefused = outcomes.some((outcome) => outcome === 'REVERTED');
  const isExcused = frozen.has(payout.to) || (pausedIn.has(payout.phase) && payout.asset === 'USDC');
  return (
    wasRefused && isExcused && (failureCode === 'transfer_rejected' || failureCode === 'attempts_exhausted')
  );
}

const BALANCES_AT_ONCE = 200;

async function readBalances(stack: TortureStack, payouts: readonly Payout[]): Promise<bigint[]> {
  const { client } = stack.devnet;
  const tokens = { USDC: stack.contracts.usdc, USDT: stack.contracts.usdt };
  const read = ({ asset, to }: Payout) =>
    asset === 'ETH'
      ? client.getBalance({ address: to })
      : client.readContract({ address: tokens[asset], abi: erc20Abi, functionName: 'balanceOf', args: [to] });
  const balances: bigint[] = [];
  for (let first = 0; first < payouts.length; first += BALANCES_AT_ONCE)
    balances.push(...(await Promise.all(payouts.slice(first, first + BALANCES_AT_ONCE).map(read))));
  return balances;
}

export type Books = { wrong: Wrong[]; ledgerMinusChain: string };

/** Between top-ups and sweeps of deposits there is a moment in which nothing moves; what stays is wrong. */
const BOOKS_TIMEOUT_MS = 30_000;
const BOOKS_AGAIN_MS = 300;

/** Ledger against itself, reserves against open withdrawals, hot wallets against the chain, once nothing is under way. */
export async function judgeBooks(stack: TortureStack, forgottenGasWei: bigint): Promise<Books> {
  const deadlineMs = performance.now() + BOOKS_TIMEOUT_MS;
  for (;;) {
    const books = await lookAtBooks(stack, forgottenGasWei);
    if (books.wrong.length === 0 || performance.now() > deadlineMs) return books;
    await sleep(BOOKS_AGAIN_MS);
  }
}

async function lookAtBooks(stack: TortureStack, forgottenGasWei: bigint): Promise<Books> {
  const catalogue = await readCatalogue(stack.db());
  const chain = assertPresent(catalogue.chains.get('localhost'), 'chain');
  const { port, pool } = connectPayoutChain(
    { ...chain, payoutContract: stack.contracts.payoutContract },
    { urls: [stack.anvilUrl], timeoutMs: 10_000, clock: systemClock, logger: silentLogger },
  );
  try {
    const report = await verify({ db: stack.db() }, [{ chain, port }]);
    const say = (text: string): Wrong => ({ kind: 'books', id: null, text });
    // All faults stay within the depth, so that a run without it tells nothing.
    const depthProblems =
      chain.confirmations >= stack.confirmations
        ? []
        : [
            say(
              `payments are final after ${chain.confirmations} blocks, not after ${stack.confirmations} at least`,
            ),
          ];
    const differing = report.chains.filter(
      ({ assetId, ledger, onChain }) =>
        ledger - onChain !== (assetId === 'localhost:ETH' ? forgottenGasWei : 0n),
    );
    return {
      wrong: [
        ...depthProblems,
        ...report.ledger.map((problem) => say(`ledger: ${JSON.stringify(problem, bigints)}`)),
        ...report.reserves.map((mismatch) => say(`reserves: ${JSON.stringify(mismatch, bigints)}`)),
        ...report.unreachable.map(({ problem }) => say(problem)),
        ...differing.map(({ assetId, ledger, onChain, inFlight }) =>
          say(`${assetId}: ledger ${ledger}, chain ${onChain}, in flight ${inFlight}`),
        ),
      ],
      ledgerMinusChain:
        differing
          .map(({ assetId, ledger, onChain }) => `${assetId.split(':')[1]} ${ledger - onChain}`)
          .join(', ') || '0',
    };
  } finally {
    pool.close();
  }
}

export async function findPaused(stack: TortureStack): Promise<Wrong[]> {
  return (await listPaused(stack.db())).map(({ address, reason }) => ({
    kind: 'paused',
    id: null,
    text: `${address} is still paused: ${reason}`,
  }));
}

/** Rules 1 to 3 of the money path, read from the signed bytes: one payload for a nonce, and cancels of it. */
export async function findReusedNonces(stack: TortureStack): Promise<Wrong[]> {
  const payloads = new Map<string, string>();
  const wrong: Wrong[] = [];
  for (const { from, nonce, raw, chainTxId } of await readAllAttempts(stack.db())) {
    const signed = parseTransaction(raw as `0x02${string}`);
    const place = `${from} ${nonce}`;
    const say = (text: string) =>
      wrong.push({ kind: 'nonce', id: null, text: `${place} (${chainTxId}): ${text}` });
    if (BigInt(signed.nonce ?? 0) !== nonce) say(`its bytes have nonce ${signed.nonce}`);
    const isCancel = isSelfTransfer(signed, from);
    const payload = `${signed.to} ${signed.value ?? 0n} ${signed.data ?? '0x'}`;
    if (isCancel) continue;
    const earlier = payloads.get(place);
    if (earlier !== undefined && earlier !== payload) say('two payloads were signed');
    payloads.set(place, payload);
  }
  return wrong;
}

function isSelfTransfer(
  signed: { to?: Hex | null | undefined; value?: bigint | undefined; data?: Hex | undefined },
  from: Hex,
): boolean {
  return (
    signed.to?.toLowerCase() === from.toLowerCase() &&
    (signed.value ?? 0n) === 0n &&
    (signed.data === undefined || signed.data === '0x')
  );
}

const bigints = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
