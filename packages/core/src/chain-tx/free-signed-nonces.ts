import { type Database, withTransaction } from '@naru/db/database.ts';
import type { Fees } from '@naru/evm/fees.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { buildPayload } from '@naru/signer-protocol/payload.ts';
import type { SignedNonce, SignRequest } from '@naru/signer-protocol/schema.ts';
import { checkSigned } from '@naru/signer-protocol/transaction.ts';
import { assetIdOf, type Chain } from '../chain/chain.ts';
import type { SubAccount } from '../sub-account/sub-account.store.ts';
import {
  CANCEL_GAS,
  FREE_NONCES_MS_MIN,
  FREE_NONCES_POLL_MS,
  SIGN_CLAIM_MAX,
  SIGNED_AHEAD_MAX,
} from './chain-tx.limits.ts';
import { insertChainTx } from './chain-tx.store.ts';
import { feesOf } from './decisions/next-attempt.ts';
import { bumpAfterMs } from './decisions/stuck.ts';
import type { ChainPort, SignerPort } from './ports.ts';
import { addCancel, type CancelAttempt, readNoncesFrom, recordCancelInBlock } from './recovery.store.ts';

/** What is needed of the signer beyond signing: what it has ever signed, from its journal. */
export type RecoverySigner = SignerPort & { listSignedNonces(): Promise<SignedNonce[]> };

export type FreeDeps = { db: Database; chainPort: ChainPort; signer: RecoverySigner; logger: Logger };

/** A nonce at which bytes exist that no block holds. */
type Slot = {
  account: SubAccount;
  nonce: bigint;
  /** Null: the database does not know what was signed. */
  chainTxId: string | null;
  raw: Hex | null;
  fees: Fees | null;
  /** Cancels made here, the newest last. */
  cancels: CancelAttempt[];
  mustRaise: boolean;
  signedAtMs: number;
};

/** A nonce that the database did not know, and what was signed to free it. */
export type FreedNonce = { account: SubAccount; nonce: bigint; cancels: readonly CancelAttempt[] };

/**
 * Uses up every nonce at which the signer has signed something that the database has forgotten. Such bytes may lie in a
 * pool behind a gap, where no count shows them, and be mined whenever the gap is filled; and the signer refuses any
 * other payload there, so that the account would stand still. Each nonce gets a self-transfer, the highest first, so
 * that bytes behind a gap are replaced before they can be mined; at final depth nothing of them can come any more. What
 * was mined instead, the replay of the contract's records finds.
 */
export async function freeSignedNonces(
  deps: FreeDeps,
  chain: Chain,
  accounts: readonly SubAccount[],
): Promise<FreedNonce[]> {
  const slots = await findSlots(deps, chain, accounts);
  if (slots.length === 0) return [];
  deps.logger.warn(
    { chain: chain.id, nonces: slots.map(({ account, nonce }) => `${account.address} ${nonce}`) },
    'freeing nonces that were signed and are in no block',
  );
  const addresses = [...new Set(slots.map(({ account }) => account.address))];
  const limitMs = FREE_NONCES_MS_MIN + 3 * chain.confirmations * chain.blockTimeMs;
  const deadlineMs = performance.now() + limitMs;
  const isUsed = async (at: bigint | 'latest') => {
    const [counts] = await deps.chainPort.transactionCounts(addresses, at, 1);
    return ({ account, nonce }: Slot) => (counts?.[addresses.indexOf(account.address)] ?? 0n) > nonce;
  };
  for (;;) {
    const head = (await deps.chainPort.head()).number;
    const isMined = await isUsed('latest');
    const open = slots.filter((slot) => !isMined(slot));
    const finalBlock = head - BigInt(chain.confirmations) + 1n;
    if (open.length === 0 && finalBlock >= 0n && slots.every(await isUsed(finalBlock))) break;
    if (performance.now() > deadlineMs)
      throw new CodedError(
        'nonces_not_freed',
        `nonces that were signed before the restore are still not used at final depth after ${limitMs / 1_000} s: ${open.map(({ account, nonce }) => `${account.address} ${nonce}`).join(', ') || 'all are in blocks'}. Run it again.`,
        { retryable: true },
      );
    await signCancels(deps, chain, open);
    // The highest first: nothing behind a gap may become minable before it is replaced.
    for (const slot of open.toReversed()) await send(deps, chain, slot);
    await sleep(FREE_NONCES_POLL_MS);
  }
  return slots
    .filter(({ chainTxId }) => chainTxId === null)
    .map(({ account, nonce, cancels }) => ({ account, nonce, cancels }));
}

/** Of accounts with forgotten nonces all that no block has used, those that the database knows too: they come before. */
async function findSlots(deps: FreeDeps, chain: Chain, accounts: readonly SubAccount[]): Promise<Slot[]> {
  if (accounts.length === 0) return [];
  const signed = await deps.signer.listSignedNonces();
  const addresses = accounts.map((account) => account.address);
  const [counts] = await deps.chainPort.transactionCounts(addresses, 'latest', 1);
  const slots: Slot[] = [];
  for (const [index, account] of accounts.entries()) {
    const used = assertPresent(counts?.[index], 'transaction count');
    const highest = signed.find(
      (one) => BigInt(one.chainId) === chain.evmChainId && one.from === account.address.toLowerCase(),
    );
    if (highest === undefined) continue;
    const last = BigInt(highest.nonce);
    if (last < used || last < account.nextNonce) continue;
    if (last - used >= SIGNED_AHEAD_MAX)
      throw new CodedError(
        'signer_ahead',
        `the signer has signed nonce ${last} of ${account.address}, and ${chain.id} has used ${used}: that is more than was ever under way. Is it the same chain and the same journal?`,
      );
    const known = await readNoncesFrom(deps.db, account.id, used);
    for (let nonce = used; nonce <= last; nonce++) {
      const row = known.find((one) => one.nonce === nonce);
      slots.push({
        account,
        nonce,
        chainTxId: row?.chainTxId ?? null,
        raw: row?.newest?.raw ?? null,
        fees: row?.newest == null ? null : feesOf(chain.gasModel, row.newest),
        cancels: [],
        mustRaise: false,
        signedAtMs: performance.now(),
      });
    }
  }
  return slots;
}

/** A first cancel for what has no bytes, another with a higher fee for what must be raised. */
async function signCancels(deps: FreeDeps, chain: Chain, open: readonly Slot[]): Promise<void> {
  const due = open.filter((slot) => slot.raw === null || slot.mustRaise).slice(0, SIGN_CLAIM_MAX);
  if (due.length === 0) return;
  const quote = await deps.chainPort.quoteFees(chain.feePerGasWeiMax, chain.tipPerGasWeiMin);
  if (quote.kind === 'ceiling_exceeded')
    throw new CodedError(
      'fee_ceiling',
      `the market asks ${quote.neededWei} wei per gas, the ceiling is ${quote.feeCapWeiMax}: try again later`,
      { retryable: true },
    );
  const jobs = due.flatMap((slot) => {
    const bumped =
      slot.fees === null ? null : deps.chainPort.bumpFees(slot.fees, quote, chain.feePerGasWeiMax);
    if (bumped?.kind === 'ceiling_reached') return []; // what is out stays out until the market falls
    const fees = bumped === null ? quote : bumped.fees;
    return [{ slot, fees, request: cancelRequest(chain, slot, fees) }];
  });
  if (jobs.length === 0) return;
  const results = await deps.signer.sign(jobs.map(({ request }) => request));
  for (const [index, { slot, fees, request }] of jobs.entries()) {
    const result = assertPresent(results[index], 'result of a sign request');
    if (result.kind === 'refused')
      throw new CodedError('signer_refused', `the signer refused: ${result.code}: ${result.message}`);
    const payload = buildPayload(request.intent, { from: slot.account.address });
    const hash = await checkSigned(request, payload, result.raw);
    assert(hash === result.hash, `signer named ${result.hash}, the bytes hash to ${hash}`);
    const attempt: CancelAttempt = {
      hash,
      raw: result.raw,
      feePerGasWeiMax: fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxFeePerGasWei,
      tipPerGasWei: fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxPriorityFeePerGasWei,
    };
    if (slot.chainTxId !== null) await addCancel(deps.db, slot.chainTxId, attempt);
    slot.cancels.push(attempt);
    Object.assign(slot, { raw: result.raw, fees, mustRaise: false, signedAtMs: performance.now() });
  }
}

function cancelRequest(chain: Chain, slot: Slot, fees: Fees): SignRequest {
  return {
    requestId: newUuid(),
    chainId: Number(chain.evmChainId),
    from: slot.account.address,
    nonce: Number(slot.nonce),
    gas: CANCEL_GAS,
    fees,
    intent: { kind: 'cancel' },
  };
}

async function send(deps: FreeDeps, chain: Chain, slot: Slot): Promise<void> {
  if (slot.raw === null) return;
  const outcome = await deps.chainPort.send(slot.raw);
  switch (outcome.kind) {
    case 'accepted':
      slot.mustRaise = performance.now() - slot.signedAtMs > bumpAfterMs(chain);
      return;
    case 'replacement_underpriced':
    case 'underpriced':
    case 'rejected':
      // Bytes of the database that will not do are followed by a cancel, too.
      slot.mustRaise = true;
      return;
    case 'insufficient_funds':
      throw new CodedError(
        'gas_money_low',
        `${slot.account.address} cannot pay the gas to free its nonce ${slot.nonce}: send it some coin and run this again`,
        { retryable: true },
      );
    case 'nonce_consumed':
    case 'unknown':
      return;
  }
}

/** Writes down the cancels that the chain has, so that the monitor settles them and books their gas. */
export async function recordFreedNonces(
  deps: { db: Database; chainPort: ChainPort },
  chain: Chain,
  freed: readonly FreedNonce[],
): Promise<void> {
  const hashes = freed.flatMap(({ cancels }) => cancels.map(({ hash }) => hash));
  if (hashes.length === 0) return;
  const [receipts] = await deps.chainPort.receipts(hashes, 1);
  for (const { account, nonce, cancels } of freed) {
    for (const attempt of cancels) {
      const receipt = receipts?.[hashes.indexOf(attempt.hash)] ?? null;
      if (receipt === null) continue;
      const id = newUuid();
      await withTransaction(deps.db, async (tx) => {
        await insertChainTx(tx, {
          id,
          chainId: chain.id,
          subAccountId: account.id,
          nonce,
          // Like an approval it carries no items.
          kind: 'APPROVAL',
          assetId: assetIdOf(chain.id, chain.nativeSymbol),
          priority: 'VIP',
          itemCount: 0,
          amount: 0n,
          to: account.address,
          data: '0x',
          valueWei: 0n,
          gas: CANCEL_GAS,
          gasPerItem: 0n,
        });
        await addCancel(tx, id, attempt);
        await recordCancelInBlock(tx, id, receipt);
      });
    }
  }
}
