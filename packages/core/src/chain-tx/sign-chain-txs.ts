import { type Database, withTransaction } from '@naru/db/database.ts';
import type { Fees } from '@naru/evm/fees.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { buildPayload } from '@naru/signer-protocol/payload.ts';
import type { SignIntent, SignRequest, SignResult } from '@naru/signer-protocol/schema.ts';
import { checkSigned } from '@naru/signer-protocol/transaction.ts';
import type { Chain } from '../chain/chain.ts';
import { retryDelayMs } from '../dead-letter/taxonomy.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { carriedItems, type Item, readItemsOf } from './carried-items.ts';
import { CANCEL_GAS, CLAIM_LEASE_MS, SIGN_CLAIM_MAX } from './chain-tx.limits.ts';
import { claimToSign, readAttempts, readPayloadData, recordSignature, release } from './chain-tx.store.ts';
import type { AttemptPurpose, ChainTx } from './chain-tx.ts';
import { decideAfterRefusal, decideAttempt, isAboutPayload } from './decisions/next-attempt.ts';
import { readPayIntent } from './pay-intent.ts';
import type { ChainPort, SignerPort } from './ports.ts';

export type SignDeps = {
  db: Database;
  chainPort: ChainPort;
  signer: SignerPort;
  logger: Logger;
  owner: string;
  leaseMs?: number;
};

type Job = { chainTx: ChainTx; purpose: AttemptPurpose; fees: Fees; request: SignRequest };

/** Has everything signed that needs it: claim, one call to the signer, record. True: there may be more. */
export async function signChainTxs(deps: SignDeps, chain: Chain): Promise<boolean> {
  const leaseMs = deps.leaseMs ?? CLAIM_LEASE_MS;
  const claimed = await withTransaction(deps.db, (tx) =>
    claimToSign(tx, { chainId: chain.id, owner: deps.owner, leaseMs, limit: SIGN_CLAIM_MAX }),
  );
  if (claimed.length === 0) return false;
  const jobs = await prepare(deps, chain, claimed);
  if (jobs.length > 0) {
    const results = await signAll(deps, jobs);
    for (const [index, job] of jobs.entries())
      await record(deps, chain, job, assertPresent(results[index], 'result of a sign request'));
  }
  return claimed.length === SIGN_CLAIM_MAX;
}

async function signAll(deps: SignDeps, jobs: readonly Job[]): Promise<SignResult[]> {
  try {
    return await deps.signer.sign(jobs.map((job) => job.request));
  } catch (error) {
    // Whether it signed does not matter: bytes that we do not have were never sent.
    for (const { chainTx } of jobs)
      await release(
        deps.db,
        { owner: deps.owner, id: chainTx.id },
        {
          delayMs: retryDelayMs('signer_unreachable', chainTx.failureCount, Math.random),
          failed: true,
          error: `signer unreachable: ${errorText(error)}`,
        },
      );
    throw error;
  }
}

/** Decides purpose and fees of each attempt and builds its request; what cannot be signed now is given back. */
async function prepare(deps: SignDeps, chain: Chain, claimed: readonly ChainTx[]): Promise<Job[]> {
  const ids = claimed.map((chainTx) => chainTx.id);
  const [attempts, items, quote] = await Promise.all([
    readAttempts(deps.db, ids),
    readItemsOf(deps.db, claimed),
    deps.chainPort.quoteFees(chain.feePerGasWeiMax, chain.tipPerGasWeiMin),
  ]);
  const jobs: Job[] = [];
  for (const chainTx of claimed) {
    const own = attempts.filter((attempt) => attempt.chainTxId === chainTx.id);
    const market = {
      gasModel: chain.gasModel,
      quote,
      bump: (previous: Fees, asked: Fees | null) =>
        deps.chainPort.bumpFees(previous, asked, chain.feePerGasWeiMax),
      random: Math.random,
    };
    const next = decideAttempt(chainTx, own, market, chain.operation);
    if (next.kind === 'postpone') {
      const { delayMs, error } = next;
      await release(deps.db, { owner: deps.owner, id: chainTx.id }, { delayMs, failed: true, error });
      continue;
    }
    const { purpose, fees } = next;
    const request = await buildRequest(deps, chain, chainTx, purpose, fees, items.get(chainTx.id) ?? []);
    jobs.push({ chainTx, purpose, fees, request });
  }
  return jobs;
}

async function buildRequest(
  deps: SignDeps,
  chain: Chain,
  chainTx: ChainTx,
  purpose: AttemptPurpose,
  fees: Fees,
  items: readonly Item[],
): Promise<SignRequest> {
  const intent: SignIntent =
    purpose === 'CANCEL' ? { kind: 'cancel' } : await readPayIntent(deps.db, chain, chainTx, items);
  if (purpose === 'PAY') {
    const payload = buildPayload(intent, { from: chainTx.from });
    const frozen = await readPayloadData(deps.db, chainTx.id);
    assert(
      payload.data === frozen && payload.valueWei === chainTx.valueWei && sameAddress(payload.to, chainTx.to),
      `chain transaction ${chainTx.id}: the payload to sign is not the one that was frozen`,
    );
  }
  return {
    requestId: newUuid(),
    chainId: Number(chain.evmChainId),
    from: chainTx.from,
    nonce: Number(chainTx.nonce),
    gas: purpose === 'CANCEL' ? CANCEL_GAS : chainTx.gas,
    fees,
    intent,
  };
}

function sameAddress(one: Hex, other: Hex): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

async function record(deps: SignDeps, chain: Chain, job: Job, result: SignResult): Promise<void> {
  const { chainTx, purpose, fees, request } = job;
  if (result.kind === 'refused') {
    deps.logger.warn(
      { chainTxId: chainTx.id, code: result.code, detail: result.message },
      'the signer refused',
    );
    const error = `signer: ${result.code}: ${result.message}`;
    const isDispensable =
      purpose === 'PAY' &&
      chainTx.state === 'PLANNED' &&
      isAboutPayload(result.code) &&
      (await carriedItems[chainTx.kind].refused(deps.db, chainTx, error));
    await release(
      deps.db,
      { owner: deps.owner, id: chainTx.id },
      {
        ...decideAfterRefusal(result.code, chainTx.failureCount, Math.random, {
          isDispensable,
          operation: chain.operation,
        }),
        failed: true,
        error,
      },
    );
    return;
  }
  const payload = buildPayload(request.intent, { from: chainTx.from });
  const hash = await checkSigned(request, payload, result.raw);
  assert(hash === result.hash, `signer named ${result.hash}, the bytes hash to ${hash}`);
  const recorded = await withTransaction(deps.db, async (tx) => {
    const kept = await recordSignature(
      tx,
      { owner: deps.owner, chainTx },
      {
        purpose,
        hash,
        raw: result.raw,
        feePerGasWeiMax: fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxFeePerGasWei,
        tipPerGasWei: fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxPriorityFeePerGasWei,
        times: result.times ?? null,
      },
    );
    if (!kept) return false;
    if (chainTx.state === 'PLANNED') await carriedItems[chainTx.kind].signed(tx, chainTx.id);
    await signal(tx, 'naru_broadcaster');
    return true;
  });
  if (!recorded)
    deps.logger.info({ chainTxId: chainTx.id }, 'claim lost while signing; the bytes were not kept');
}
