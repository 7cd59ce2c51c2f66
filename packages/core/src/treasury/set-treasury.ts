import { type Database, withTransaction } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { readSafe, type SafeAnswer } from './read-safe.ts';
import { TreasuryError } from './treasury.errors.ts';
import { findTreasury, listOpenProposals, lockTreasury, saveTreasury } from './treasury.store.ts';
import type { Treasury } from './treasury.ts';

/**
 * Says which Safe is a chain's treasury, after looking that there is one. Another one takes its place only when no
 * proposal is open. Idempotent.
 * @throws {TreasuryError} safe_not_found, treasury_has_open_proposals
 */
export async function setTreasury(
  deps: { db: Database; chainPort: ChainPort },
  input: { chain: Chain; safe: Hex },
  audit: AuditContext,
): Promise<Treasury> {
  const { chain, safe } = input;
  const answer = await readSafe(deps.chainPort, chain, safe);
  if (answer.kind !== 'read')
    throw new TreasuryError('safe_not_found', `${whyNot(answer.kind, input)} Nothing was changed.`);
  await withTransaction(deps.db, async (tx) => {
    const present = await lockTreasury(tx, chain.id);
    const isAnother = present !== null && present.safe.toLowerCase() !== safe.toLowerCase();
    if (isAnother && (await listOpenProposals(tx, chain.id)).length > 0)
      throw new TreasuryError(
        'treasury_has_open_proposals',
        `${present.safe} has open proposals: let them be executed, or reject or cancel them, first. Nothing was changed.`,
      );
    await setAuditContext(tx, audit);
    await saveTreasury(tx, { chainId: chain.id, safe, ...answer.reading });
  });
  const saved = await findTreasury(deps.db, chain.id);
  assert(saved !== null, `treasury of ${chain.id} was written`);
  return saved;
}

function whyNot(
  kind: Exclude<SafeAnswer['kind'], 'read'>,
  { chain, safe }: { chain: Chain; safe: Hex },
): string {
  switch (kind) {
    case 'absent':
      return `No Safe answers at ${safe} on ${chain.id}: look at the address, and at the chain.`;
    case 'unsupported':
      return `The Safe at ${safe} is older than version 1.3.0, or of another kind: its owners sign other hashes.`;
    case 'disagreed':
      return `The providers of ${chain.id} say different things about ${safe}: try again in a moment.`;
  }
}
