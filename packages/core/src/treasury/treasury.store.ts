import type { Queryable, Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { type Hex, toBuffer, toHex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import type { HotWallet } from '../reconciliation/reconciliation.store.ts';
import type { SafeReading } from './read-safe.ts';
import { PROPOSALS_LISTED_MAX } from './treasury.limits.ts';
import type { Proposal, ProposalSignature, ProposalState, Treasury } from './treasury.ts';

export type ReadSafe = { chainId: string; safe: Hex } & SafeReading;

const treasuryColumns = sql`chain_id AS "chainId", safe_address AS safe, owners, threshold, nonce,
  final_nonce AS "finalNonce", final_block AS "finalBlock", read_at AS "readAt"`;

export async function findTreasury(db: Queryable, chainId: string): Promise<Treasury | null> {
  const { rows } =
    await sql<Treasury>`SELECT ${treasuryColumns} FROM treasury WHERE chain_id = ${chainId}`.execute(db);
  return rows[0] ?? null;
}

export async function listTreasuries(db: Queryable): Promise<Treasury[]> {
  const { rows } = await sql<Treasury>`SELECT ${treasuryColumns} FROM treasury ORDER BY chain_id`.execute(db);
  return rows;
}

/** The row stays locked until the transaction ends: proposals of a chain are written one after the other. */
export async function lockTreasury(tx: Tx, chainId: string): Promise<Treasury | null> {
  const { rows } = await sql<Treasury>`
    SELECT ${treasuryColumns} FROM treasury WHERE chain_id = ${chainId} FOR UPDATE`.execute(tx);
  return rows[0] ?? null;
}

export async function saveTreasury(
  tx: Tx,
  { chainId, safe, owners, threshold, nonce, finalNonce, finalBlock }: ReadSafe,
): Promise<void> {
  await sql`
    INSERT INTO treasury (chain_id, safe_address, owners, threshold, nonce, final_nonce, final_block)
    VALUES (${chainId}, ${safe}, ${owners}::text[], ${threshold}, ${nonce}, ${finalNonce}, ${finalBlock})
    ON CONFLICT (chain_id) DO UPDATE
       SET safe_address = excluded.safe_address, owners = excluded.owners, threshold = excluded.threshold,
           nonce = excluded.nonce, final_nonce = excluded.final_nonce, final_block = excluded.final_block,
           read_at = now()`.execute(tx);
}

/** What the books say that a chain's Safe holds, of each asset; empty where the chain has no treasury. */
export async function readTreasuryBooks(
  db: Queryable,
  chainId: string,
): Promise<{ safe: Hex | null; holdings: HotWallet[] }> {
  const { rows } = await sql<HotWallet & { safe: Hex }>`
    SELECT t.safe_address AS safe, a.id AS "assetId", a.decimals, a.address AS token,
           coalesce(l.debits_posted - l.credits_posted, 0) AS ledger,
           coalesce((SELECT sum(p.amount) FROM treasury_proposal p
                      WHERE p.chain_id = ${chainId} AND p.state = 'OPEN' AND p.asset_id = a.id), 0) AS "inFlight",
           0::numeric AS arriving
      FROM treasury t
      JOIN asset a ON a.chain_id = t.chain_id
      LEFT JOIN ledger_account l ON l.kind = 'TREASURY' AND l.asset_id = a.id
     WHERE t.chain_id = ${chainId} ORDER BY a.id`.execute(db);
  return { safe: rows[0]?.safe ?? null, holdings: rows.map(({ safe: _, ...holding }) => holding) };
}

/** What the chain says of the Safe now. Nothing happens where the treasury is another Safe by now. */
export async function recordNewest(
  db: Queryable,
  { chainId, safe, owners, threshold, nonce }: Omit<ReadSafe, 'finalNonce' | 'finalBlock'>,
): Promise<void> {
  await sql`
    UPDATE treasury SET owners = ${owners}::text[], threshold = ${threshold}, nonce = ${nonce}, read_at = now()
     WHERE chain_id = ${chainId} AND safe_address = ${safe}`.execute(db);
}

/** Up to which block all that the Safe has made is ended here. */
export async function recordFinal(
  db: Queryable,
  { chainId, safe, finalNonce, finalBlock }: Pick<ReadSafe, 'chainId' | 'safe' | 'finalNonce' | 'finalBlock'>,
): Promise<void> {
  await sql`
    UPDATE treasury SET final_nonce = ${finalNonce}, final_block = ${finalBlock}
     WHERE chain_id = ${chainId} AND safe_address = ${safe} AND final_block < ${finalBlock}`.execute(db);
}

type ProposalRow = Omit<Proposal, 'asset' | 'signatures'> & {
  assetId: string | null;
  code: string | null;
  decimals: number | null;
  token: Hex | null;
  transferGasMax: bigint | null;
};

const proposalRows = sql`
  SELECT p.id, p.chain_id AS "chainId", c.evm_chain_id AS "evmChainId", p.safe_address AS safe, p.purpose,
         p.asset_id AS "assetId", a.code, a.decimals, a.address AS token, a.transfer_gas_max AS "transferGasMax",
         coalesce(s.address, p.safe_address) AS "to", p.amount, p.safe_nonce AS "safeNonce",
         p.safe_tx_hash AS "safeTxHash", p.actor, p.reason, p.from_block AS "fromBlock", p.state, p.version, p.problem,
         p.executed_hash AS "executedHash", p.executed_block AS "executedBlock", p.created_at AS "createdAt",
         p.ended_at AS "endedAt"
    FROM treasury_proposal p
    JOIN chain c ON c.id = p.chain_id
    LEFT JOIN asset a ON a.id = p.asset_id
    LEFT JOIN sub_account s ON s.id = p.to_account_id`;

async function withSignatures(db: Queryable, rows: readonly ProposalRow[]): Promise<Proposal[]> {
  const ids = rows.map((row) => row.id);
  const { rows: signatures } = await sql<{
    proposalId: string;
    owner: Hex;
    signature: Buffer;
    actor: string;
    addedAt: Date;
  }>`
    SELECT proposal_id AS "proposalId", owner, signature, actor, added_at AS "addedAt" FROM treasury_signature
     WHERE proposal_id = ANY (${ids}::uuid[]) ORDER BY added_at, owner`.execute(db);
  return rows.map(({ assetId, code, decimals, token, transferGasMax, ...row }) => ({
    ...row,
    asset:
      assetId === null || code === null || decimals === null || transferGasMax === null
        ? null
        : { id: assetId, code, decimals, token, transferGasMax },
    signatures: signatures
      .filter(({ proposalId }) => proposalId === row.id)
      .map(({ owner, signature, actor, addedAt }) => ({
        owner,
        signature: toHex(signature),
        actor,
        addedAt,
      })),
  }));
}

export async function findProposal(db: Queryable, id: string): Promise<Proposal | null> {
  const { rows } = await sql<ProposalRow>`${proposalRows} WHERE p.id = ${id}`.execute(db);
  const [found] = await withSignatures(db, rows);
  return found ?? null;
}

/** Newest first; `after` is the id of the last one of the page before. */
export async function listProposals(
  db: Queryable,
  filter: { chainIds: readonly string[]; state: ProposalState | null; after: string | null; limit: number },
): Promise<Proposal[]> {
  const { rows } = await sql<ProposalRow>`
    ${proposalRows}
     WHERE p.chain_id = ANY (${[...filter.chainIds]}::text[])
       AND (${filter.state}::text IS NULL OR p.state = ${filter.state})
       AND (${filter.after}::uuid IS NULL OR p.id < ${filter.after})
     ORDER BY p.id DESC LIMIT ${Math.min(filter.limit, PROPOSALS_LISTED_MAX + 1)}`.execute(db);
  return await withSignatures(db, rows);
}

/** All of a chain, lowest nonce first; of those with the same nonce rejections first. */
export async function listOpenProposals(db: Queryable, chainId: string): Promise<Proposal[]> {
  const { rows } = await sql<ProposalRow>`
    ${proposalRows} WHERE p.chain_id = ${chainId} AND p.state = 'OPEN' ORDER BY p.safe_nonce, p.purpose, p.id`.execute(
    db,
  );
  return await withSignatures(db, rows);
}

export async function insertProposal(
  tx: Tx,
  row: Pick<
    Proposal,
    | 'id'
    | 'chainId'
    | 'safe'
    | 'purpose'
    | 'amount'
    | 'safeNonce'
    | 'safeTxHash'
    | 'actor'
    | 'reason'
    | 'fromBlock'
  > & { assetId: string | null; toAccountId: string | null },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO treasury_proposal (id, chain_id, safe_address, purpose, asset_id, to_account_id, amount, safe_nonce,
                                   safe_tx_hash, actor, reason, from_block)
    VALUES (${row.id}, ${row.chainId}, ${row.safe}, ${row.purpose}, ${row.assetId}, ${row.toAccountId}, ${row.amount},
            ${row.safeNonce}, ${row.safeTxHash}, ${row.actor}, ${row.reason}, ${row.fromBlock})
    ON CONFLICT (safe_tx_hash) WHERE state <> 'CANCELED' DO NOTHING`.execute(tx);
  return numAffectedRows === 1n;
}

/** The proposal stays locked and OPEN until the transaction ends. Null: it is not open. */
export async function lockOpenProposal(tx: Tx, id: string): Promise<{ version: number } | null> {
  const { rows } = await sql<{ version: number }>`
    SELECT version FROM treasury_proposal WHERE id = ${id} AND state = 'OPEN' FOR UPDATE`.execute(tx);
  return rows[0] ?? null;
}

/** False: this owner has signed it before. */
export async function insertSignature(
  tx: Tx,
  proposalId: string,
  signature: Omit<ProposalSignature, 'addedAt'>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO treasury_signature (proposal_id, owner, signature, actor)
    VALUES (${proposalId}, ${signature.owner}, ${toBuffer(signature.signature)}, ${signature.actor})
    ON CONFLICT (proposal_id, owner) DO NOTHING`.execute(tx);
  return numAffectedRows === 1n;
}

export type ProposalEnd =
  | { state: 'EXECUTED'; executedHash: Hex; executedBlock: bigint }
  | { state: 'SUPERSEDED' | 'CANCELED' };

/** Compare and set on OPEN and the version. False: somebody else was first. */
export async function endProposal(
  tx: Tx,
  proposal: { id: string; version: number },
  end: ProposalEnd,
): Promise<boolean> {
  const { executedHash = null, executedBlock = null } = end.state === 'EXECUTED' ? end : {};
  const { numAffectedRows } = await sql`
    UPDATE treasury_proposal
       SET state = ${end.state}, version = version + 1, ended_at = clock_timestamp(), problem = NULL,
           executed_hash = ${executedHash}, executed_block = ${executedBlock}
     WHERE id = ${proposal.id} AND state = 'OPEN' AND version = ${proposal.version}`.execute(tx);
  return numAffectedRows === 1n;
}

export async function recordProblem(db: Queryable, id: string, problem: string | null): Promise<void> {
  await sql`
    UPDATE treasury_proposal SET problem = ${problem}
     WHERE id = ${id} AND state = 'OPEN' AND problem IS DISTINCT FROM ${problem}`.execute(db);
}

/** The signer refused to hand it over, and why. */
export async function noteExecutionRefusal(db: Queryable, chainTxId: string, message: string): Promise<void> {
  await sql`
    UPDATE treasury_proposal SET problem = ${`the signer refused: ${message}`}
     WHERE id = (SELECT proposal_id FROM treasury_execution WHERE chain_tx_id = ${chainTxId}) AND state = 'OPEN'`.execute(
    db,
  );
}

/** Transactions that handed a proposal to its Safe, those of them that are not final, and when the last one ended. */
export type Executions = { all: number; open: number; lastMsAgo: number };

export async function readExecutions(db: Queryable, proposalId: string): Promise<Executions> {
  const { rows } = await sql<Executions>`
    SELECT count(*)::integer AS all,
           count(*) FILTER (WHERE x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED'))::integer
             AS open,
           coalesce(extract(epoch FROM clock_timestamp() - max(coalesce(x.final_at, x.created_at))) * 1000, 0)::float8
             AS "lastMsAgo"
      FROM treasury_execution e JOIN chain_tx x ON x.id = e.chain_tx_id
     WHERE e.proposal_id = ${proposalId}`.execute(db);
  return assertPresent(rows[0], 'count of executions');
}

export async function insertExecution(
  tx: Tx,
  execution: { chainTxId: string; proposalId: string; signatures: Hex },
): Promise<void> {
  await sql`
    INSERT INTO treasury_execution (chain_tx_id, proposal_id, signatures)
    VALUES (${execution.chainTxId}, ${execution.proposalId}, ${toBuffer(execution.signatures)})`.execute(tx);
}

/** What a transaction of kind SAFE hands over, as it was frozen. */
export type SafeCall = {
  safe: Hex;
  token: Hex | null;
  to: Hex;
  amount: bigint;
  safeNonce: bigint;
  signatures: Hex;
};

export async function readSafeCall(db: Queryable, chainTxId: string): Promise<SafeCall | null> {
  const { rows } = await sql<Omit<SafeCall, 'signatures'> & { signatures: Buffer }>`
    SELECT p.safe_address AS safe, a.address AS token, coalesce(s.address, p.safe_address) AS "to", p.amount,
           p.safe_nonce AS "safeNonce", e.signatures
      FROM treasury_execution e
      JOIN treasury_proposal p ON p.id = e.proposal_id
      LEFT JOIN asset a ON a.id = p.asset_id
      LEFT JOIN sub_account s ON s.id = p.to_account_id
     WHERE e.chain_tx_id = ${chainTxId}`.execute(db);
  const [row] = rows;
  return row === undefined ? null : { ...row, signatures: toHex(row.signatures) };
}
