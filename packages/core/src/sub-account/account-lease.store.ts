import { type Database, type Queryable, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';

/**
 * The right to take nonces of an account and to store signatures for it. `epoch` fences: a holder that slept past its
 * lease while another took the account finds its writes refused, whatever it believes.
 */
export type AccountLease = { accountId: string; owner: string; epoch: bigint };

export type Holding = {
  /** Accounts held now. */
  held: number;
  /** Of those, taken in this call. */
  taken: number;
  /** Given back in this call, so that others have their share. */
  givenBack: number;
};

/**
 * Renews the leases of `owner` on the accounts of a chain, takes free ones up to its share, and gives back what is more
 * than that. The share is the number of accounts over the number of processors that have said lately that they live,
 * rounded up: so all accounts are held, and a processor that joins gets some.
 */
export async function holdAccounts(
  db: Database,
  claim: { chainId: string; owner: string; leaseMs: number },
): Promise<Holding> {
  return await withTransaction(db, async (tx) => {
    await sayPresent(tx, claim);
    const { share, held } = await renew(tx, claim);
    const givenBack = held > share ? await giveBackSome(tx, claim, held - share) : 0;
    const taken = held < share ? await takeFree(tx, claim, share - held) : 0;
    return { held: held + taken - givenBack, taken, givenBack };
  });
}

/** Far more than any lease: two that find each other gone at the same moment would only wait for each other. */
const PRESENCE_KEPT_MS = 60_000;

type Claim = { chainId: string; owner: string; leaseMs: number };

async function sayPresent(tx: Tx, { chainId, owner, leaseMs }: Claim): Promise<void> {
  await sql`
    INSERT INTO processor_presence (chain_id, owner, seen_until)
    VALUES (${chainId}, ${owner}, now() + ${leaseMs} * interval '1 millisecond')
    ON CONFLICT (chain_id, owner) DO UPDATE SET seen_until = excluded.seen_until`.execute(tx);
  // Those long gone, and this one's own earlier incarnations, which do not count any more.
  await sql`
    DELETE FROM processor_presence
     WHERE chain_id = ${chainId} AND owner <> ${owner}
       AND lease_is_free(owner, seen_until + ${PRESENCE_KEPT_MS} * interval '1 millisecond', ${owner})`.execute(
    tx,
  );
}

async function renew(tx: Tx, { chainId, owner, leaseMs }: Claim): Promise<{ share: number; held: number }> {
  const { numAffectedRows } = await sql`
    UPDATE sub_account SET lease_until = now() + ${leaseMs} * interval '1 millisecond'
     WHERE chain_id = ${chainId} AND lease_owner = ${owner}`.execute(tx);
  const { rows } = await sql<{ share: number }>`
    SELECT ceil((SELECT count(*) FROM sub_account WHERE chain_id = ${chainId})::numeric
              / (SELECT count(*) FROM processor_presence WHERE chain_id = ${chainId} AND seen_until >= now()))::integer
           AS share`.execute(tx);
  return {
    share: assertPresent(rows[0], 'share of the accounts').share,
    held: Number(numAffectedRows ?? 0n),
  };
}

async function takeFree(tx: Tx, { chainId, owner, leaseMs }: Claim, limit: number): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    UPDATE sub_account
       SET lease_owner = ${owner}, lease_until = now() + ${leaseMs} * interval '1 millisecond', epoch = epoch + 1
     WHERE id IN (SELECT id FROM sub_account
                   WHERE chain_id = ${chainId} AND lease_owner IS DISTINCT FROM ${owner}
                     AND lease_is_free(lease_owner, lease_until, ${owner})
                   ORDER BY address LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING id`.execute(tx);
  return rows.length;
}

/** Those with the least under way: what they have will be signed by another. */
async function giveBackSome(tx: Tx, { chainId, owner }: Claim, count: number): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE sub_account SET lease_owner = NULL, lease_until = NULL
     WHERE id IN (SELECT s.id FROM sub_account s WHERE s.chain_id = ${chainId} AND s.lease_owner = ${owner}
                   ORDER BY (SELECT count(*) FROM chain_tx x WHERE x.sub_account_id = s.id
                                AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')), s.address
                   LIMIT ${count})`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Another processor may take them at once. For one that stops. */
export async function giveBackAccounts(db: Queryable, owner: string): Promise<void> {
  await sql`UPDATE sub_account SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ${owner}`.execute(
    db,
  );
  await sql`DELETE FROM processor_presence WHERE owner = ${owner}`.execute(db);
}
