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
import { readSweepSalts } from '../deposit/sweep.store.ts';
import { advanceWithChainTxs, signal } from '../withdrawal/withdrawal.store.ts';
import { CANCEL_GAS, CLAIM_LEASE_MS, SIGN_CLAIM_MAX } from './chain-tx.limits.ts';
import {
  claimToSign,
  readAttempts,
  readItems,
  readPayloadData,
  recordSignature,
  release,
} from './chain-tx.store.ts';
import type { AttemptPurpose, ChainTx } from './chain-tx.ts';
import { decideAfterRefusal, decideAttempt } from './decisions/next-attempt.ts';
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
      await record(deps, job, assertPresent(results[index], 'result of a sign request'));
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
        { delayMs: 500, failed: true, error: errorText(error) },
      );
    throw error;
  }
}

/** Decides purpose and fees of each attempt and builds its request; what cannot be signed now is given back. */
async function prepare(deps: SignDeps, chain: Chain, claimed: readonly ChainTx[]): Promise<Job[]> {
  const ids = claimed.map((chainTx) => chainTx.id);
  const [attempts, items, quote] = await Promise.all([
    readAttempts(deps.db, ids),
    readItems(deps.db, ids),
    deps.chainPort.quoteFees(chain.feePerGasWeiMax),
  ]);
  const jobs: Job[] = [];
  for (const chainTx of claimed) {
    const own = attempts.filter((attempt) => attempt.chainTxId === chainTx.id);
    const next = decideAttempt(chainTx, own, {
      gasModel: chain.gasModel,
      quote,
      bump: (previous, market) => deps.chainPort.bumpFees(previous, market, chain.feePerGasWeiMax),
    });
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
  items: readonly { id: string; to: Hex; amount: bigint }[],
): Promise<SignRequest> {
  const intent = intentOf(chain, chainTx, purpose, {
    items,
    salts: chainTx.kind === 'DEPOSIT_SWEEP' ? await readSweepSalts(deps.db, chainTx.id) : [],
  });
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

type Content = {
  items: readonly { id: string; to: Hex; amount: bigint }[];
  /** Of a sweep. */
  salts: readonly Hex[];
};

function intentOf(chain: Chain, chainTx: ChainTx, purpose: AttemptPurpose, content: Content): SignIntent {
  if (purpose === 'CANCEL') return { kind: 'cancel' };
  switch (chainTx.kind) {
    case 'APPROVAL': {
      const spender = assertPresent(chain.payoutContract, `payout contract of ${chain.id}`);
      return { kind: 'approve', token: assertPresent(chainTx.token, 'token to approve'), spender };
    }
    case 'DEPOSIT_SWEEP':
      return { kind: 'sweep', factory: chainTx.to, token: chainTx.token, salts: [...content.salts] };
    case 'PAYOUT':
      return payoutIntent(chainTx, content.items);
  }
}

function payoutIntent(chainTx: ChainTx, items: Content['items']): SignIntent {
  assert(
    items.length === chainTx.itemCount,
    `chain transaction ${chainTx.id}: ${items.length} of ${chainTx.itemCount} items`,
  );
  return {
    kind: 'payout',
    contract: chainTx.to,
    batchId: chainTx.id,
    token: chainTx.token,
    gasPerItem: chainTx.gasPerItem,
    items: [...items],
  };
}

function sameAddress(one: Hex, other: Hex): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

async function record(deps: SignDeps, job: Job, result: SignResult): Promise<void> {
  const { chainTx, purpose, fees, request } = job;
  if (result.kind === 'refused') {
    deps.logger.warn(
      { chainTxId: chainTx.id, code: result.code, detail: result.message },
      'the signer refused',
    );
    await release(
      deps.db,
      { owner: deps.owner, id: chainTx.id },
      {
        ...decideAfterRefusal(result.code),
        failed: true,
        error: `signer: ${result.code}: ${result.message}`,
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
      },
    );
    if (!kept) return false;
    if (chainTx.state === 'PLANNED' && chainTx.kind === 'PAYOUT')
      await advanceWithChainTxs(
        tx,
        [chainTx.id],
        [{ from: 'SIGNING', to: 'SIGNED', actor: 'system:processor', reason: 'signed' }],
      );
    await signal(tx, 'naru_broadcaster');
    return true;
  });
  if (!recorded)
    deps.logger.info({ chainTxId: chainTx.id }, 'claim lost while signing; the bytes were not kept');
}
