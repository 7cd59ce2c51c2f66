import { PLAN_TRANSFERS_MS } from '@naru/core/account-manager/account-manager.limits.ts';
import { moveReserves } from '@naru/core/account-manager/move-reserves.ts';
import { planTransfers } from '@naru/core/account-manager/plan-transfers.ts';
import { expireOverdueReviews } from '@naru/core/approval/expire-reviews.ts';
import type { Catalogue, Chain } from '@naru/core/chain/chain.ts';
import { ensureCursor, giveBackCursor, hasCursor, leaseCursor } from '@naru/core/chain/chain-cursor.store.ts';
import { type ProbePort, probeTokens } from '@naru/core/chain/probe-tokens.ts';
import { broadcastChainTxs } from '@naru/core/chain-tx/broadcast-chain-txs.ts';
import { VALIDATE_ROWS_MAX } from '@naru/core/chain-tx/chain-tx.limits.ts';
import { followChain } from '@naru/core/chain-tx/follow-chain.ts';
import { healStuck } from '@naru/core/chain-tx/heal-stuck.ts';
import { planPayouts } from '@naru/core/chain-tx/plan-payouts.ts';
import type { ChainPort, SignerPort } from '@naru/core/chain-tx/ports.ts';
import { resolveNonces } from '@naru/core/chain-tx/resolve-nonces.ts';
import { settleChainTxs } from '@naru/core/chain-tx/settle-chain-txs.ts';
import { signChainTxs } from '@naru/core/chain-tx/sign-chain-txs.ts';
import { DEPOSIT_LEASE_MS_MIN, SWEEP_POLL_MS } from '@naru/core/deposit/deposit.limits.ts';
import type { DepositPort } from '@naru/core/deposit/deposit.ports.ts';
import {
  ensureDepositCursor,
  giveBackDepositCursor,
  hasDepositCursor,
  leaseDepositCursor,
} from '@naru/core/deposit/deposit-cursor.store.ts';
import { planSweeps } from '@naru/core/deposit/plan-sweeps.ts';
import { watchDeposits } from '@naru/core/deposit/watch-deposits.ts';
import type { Work } from '@naru/core/loop/work-loop.ts';
import type { Rules } from '@naru/core/policy/rules.ts';
import { takeUp } from '@naru/core/policy/take-up.ts';
import { screenAddresses } from '@naru/core/screening/screen-addresses.ts';
import type { ScreeningPort } from '@naru/core/screening/screening.ts';
import { giveBackAccounts, holdAccounts } from '@naru/core/sub-account/account-lease.store.ts';
import { approveTokens } from '@naru/core/sub-account/approve-tokens.ts';
import { joinAccounts, type KeyList } from '@naru/core/sub-account/join-accounts.ts';
import { watchBalances } from '@naru/core/sub-account/watch-balances.ts';
import { executeProposals } from '@naru/core/treasury/execute-proposals.ts';
import { followTreasury } from '@naru/core/treasury/follow-treasury.ts';
import { dropAbandonedDrafts } from '@naru/core/withdrawal/bulk.store.ts';
import { signal } from '@naru/core/withdrawal/withdrawal.store.ts';
import type { Database } from '@naru/db/database.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { PolicyObserver } from './policy-metrics.ts';

/** A chain as the roles use it. */
export type WorkerPort = ChainPort & DepositPort;

/** What a role's steps work with, for one chain. */
export type RoleDeps = {
  db: Database;
  chainPort: WorkerPort;
  /** Asks a node what a token is. */
  probeToken: ProbePort;
  logger: Logger;
  /** Names this instance in leases. */
  owner: string;
  leaseMs: number;
  /** The chain as configured now: an operator's change takes effect at the next step. */
  readTarget: () => Promise<{ chain: Chain; catalogue: Catalogue }>;
};

/** The chain is read from where it stood before the first payment was planned: nothing of ours can be before that. */
async function beginCursor(deps: RoleDeps, chain: Chain): Promise<void> {
  if (await hasCursor(deps.db, chain.id)) return;
  const head = await deps.chainPort.head();
  await ensureCursor(deps.db, chain.id, head.number);
}

export type NamedWork = {
  name: string;
  work: Work;
  /** How often it looks without being woken; the usual interval when absent. */
  pollMs?: number;
};

export type ProcessorDeps = RoleDeps & {
  signer: SignerPort & KeyList;
  /** A second old at most. */
  readRules: () => Promise<Rules>;
  screening: ScreeningPort;
  policyObserver: PolicyObserver;
};

/** People sign for minutes; a Safe is asked no more often than this. */
const TREASURY_POLL_MS = 2_000;
/** A lease is renewed three times before it runs out. */
const RENEWALS_PER_LEASE = 3;
/** Missing approvals are looked for this often; nothing waits for it but new accounts and tokens. */
const APPROVALS_POLL_MS = 2_000;
/** Accounts that were added are looked for this often. */
const JOIN_POLL_MS = 1_000;
/** While no account is held yet, or one could not be looked at. */
const APPROVALS_AGAIN_MS = 200;

/**
 * Validation and planning in one loop, signing in another: a slow signer does not hold up planning. A third keeps hold of
 * this processor's share of the accounts, without which the others find nothing to do.
 */
export function processorWork(deps: ProcessorDeps): NamedWork[] {
  let transfersDueMs = 0;
  return [
    {
      name: 'hold',
      pollMs: deps.leaseMs / RENEWALS_PER_LEASE,
      work: async () => {
        const { chain } = await deps.readTarget();
        const { owner, leaseMs } = deps;
        const { taken } = await holdAccounts(deps.db, { chainId: chain.id, owner, leaseMs });
        if (taken === 0) return false;
        deps.logger.info({ taken }, 'accounts taken over');
        for (const channel of ['naru_processor', 'naru_signer'] as const) await signal(deps.db, channel);
        return false;
      },
    },
    {
      name: 'approve',
      pollMs: APPROVALS_POLL_MS,
      work: async () => {
        const { chain, catalogue } = await deps.readTarget();
        const assets = [...catalogue.assets.values()].filter((asset) => asset.chainId === chain.id);
        const { written, isDone } = await approveTokens(deps, { chain, assets });
        if (written > 0) await signal(deps.db, 'naru_signer');
        return isDone ? false : { againInMs: APPROVALS_AGAIN_MS };
      },
    },
    {
      name: 'plan',
      work: async () => {
        const { chain, catalogue } = await deps.readTarget();
        await beginCursor(deps, chain);
        const { more: moreComing, verdicts } = await takeUp(
          { db: deps.db },
          { chainId: chain.id, assets: catalogue.assets, rules: await deps.readRules() },
          VALIDATE_ROWS_MAX,
        );
        deps.policyObserver.onVerdicts(verdicts);
        const planned = await planPayouts(deps, { chain, assets: catalogue.assets, moreComing });
        // In this loop, so that no two plans are made on one view of an account; seldom, so that payouts do not wait.
        if (performance.now() >= transfersDueMs) {
          await planTransfers(deps, { chain, assets: catalogue.assets });
          transfersDueMs = performance.now() + PLAN_TRANSFERS_MS;
        }
        return moreComing || planned;
      },
    },
    {
      name: 'join',
      pollMs: JOIN_POLL_MS,
      work: async () => {
        const { chain } = await deps.readTarget();
        if ((await joinAccounts(deps, chain)) > 0) await signal(deps.db, 'naru_processor');
        return false;
      },
    },
    {
      name: 'sweep',
      pollMs: SWEEP_POLL_MS,
      work: async () => {
        const { chain, catalogue } = await deps.readTarget();
        if (!catalogue.depositChains.has(chain.id)) return false;
        const planned = await planSweeps(deps, { chain, assets: [...catalogue.assets.values()] });
        if (planned > 0) await signal(deps.db, 'naru_signer');
        return false;
      },
    },
    {
      name: 'execute',
      pollMs: TREASURY_POLL_MS,
      work: async () => {
        const { chain } = await deps.readTarget();
        await executeProposals(deps, chain);
        return false;
      },
    },
    {
      name: 'sign',
      work: async () => {
        const { chain } = await deps.readTarget();
        return await signChainTxs(deps, chain);
      },
    },
    // By itself: a source that is slow to answer holds up nothing but what waits for it.
    {
      name: 'screen',
      work: async () => {
        if (!(await deps.readRules()).hasPolicies) return false;
        const { chain } = await deps.readTarget();
        return await screenAddresses({ ...deps, onOutcome: deps.policyObserver.onScreening }, chain.id);
      },
    },
  ];
}

export function broadcasterWork(deps: RoleDeps): NamedWork[] {
  return [
    {
      name: 'broadcast',
      work: async () => {
        const { chain } = await deps.readTarget();
        return await broadcastChainTxs(deps, chain);
      },
    },
  ];
}

/** One monitor at a time follows a chain, by a lease; the others stand by. */
export function monitorWork(deps: RoleDeps): NamedWork[] {
  return [
    {
      name: 'follow',
      work: async () => {
        const { chain } = await deps.readTarget();
        await beginCursor(deps, chain);
        const lease = await leaseCursor(deps.db, {
          chainId: chain.id,
          owner: deps.owner,
          leaseMs: deps.leaseMs,
        });
        if (lease === null) return false;
        const followed = await followChain(deps, chain, lease);
        await settleChainTxs(deps, chain, followed.head.number);
        if (!followed.behind) {
          await resolveNonces(deps, chain, { scanned: followed.lease.scanned, head: followed.head.number });
          await healStuck(deps, chain);
        }
        return followed.behind;
      },
    },
    {
      name: 'deposits',
      work: async () => {
        const { chain, catalogue } = await deps.readTarget();
        if (chain.depositFactory === null && !catalogue.depositChains.has(chain.id)) return false;
        // Before any address of the chain is given out: nothing can have paid one earlier.
        if (!(await hasDepositCursor(deps.db, chain.id)))
          await ensureDepositCursor(deps.db, chain.id, (await deps.chainPort.head()).number);
        const lease = await leaseDepositCursor(deps.db, {
          chainId: chain.id,
          owner: deps.owner,
          leaseMs: Math.max(deps.leaseMs, DEPOSIT_LEASE_MS_MIN),
        });
        if (lease === null) return false;
        const assets = [...catalogue.assets.values()];
        const behind = await watchDeposits({ ...deps, port: deps.chainPort }, { chain, assets }, lease);
        return behind || { againInMs: chain.blockTimeMs };
      },
    },
  ];
}

/** Another instance may go on at once. */
export async function giveBackLeases(deps: Pick<RoleDeps, 'db' | 'owner'>): Promise<void> {
  await giveBackCursor(deps.db, deps.owner);
  await giveBackDepositCursor(deps.db, deps.owner);
  await giveBackAccounts(deps.db, deps.owner);
}

/** An operator waits for what a node says of a token. */
const PROBE_POLL_MS = 500;
/** A file that has been read for longer than this has lost its reader. */
const ABANDONED_DRAFT_MS = 3_600_000;

export function accountsWork(deps: RoleDeps): NamedWork[] {
  return [
    {
      name: 'accounts',
      work: async () => {
        const { chain, catalogue } = await deps.readTarget();
        await beginCursor(deps, chain);
        const assets = [...catalogue.assets.values()].filter((asset) => asset.chainId === chain.id);
        await dropAbandonedDrafts(deps.db, ABANDONED_DRAFT_MS);
        await watchBalances(deps, { chain, assets });
        await moveReserves(deps, { chain, assets });
        return false;
      },
    },
    {
      name: 'probe',
      pollMs: PROBE_POLL_MS,
      work: async () => {
        const { chain } = await deps.readTarget();
        return await probeTokens(deps, chain.id);
      },
    },
    {
      name: 'reviews',
      work: async () => {
        const { chain } = await deps.readTarget();
        return await expireOverdueReviews(deps, chain.id);
      },
    },
    {
      name: 'treasury',
      pollMs: TREASURY_POLL_MS,
      work: async () => {
        const { chain } = await deps.readTarget();
        await followTreasury(deps, chain);
        return false;
      },
    },
  ];
}
