import { organisationExists } from '@naru/core/access/access.store.ts';
import type { Queryable } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import { usageError } from './context.ts';
import { UUID_PATTERN } from './patterns.ts';

/** Its UUID; `ownerId` as org_… or as that. */
export function parseOwner(ownerId: string): string {
  const id = UUID_PATTERN.test(ownerId) ? ownerId.toLowerCase() : fromPublicId('organisation', ownerId);
  if (id === null) throw usageError(`"${ownerId}" is not the id of an owner, which looks like org_01kjr…`);
  return id;
}

export async function requireOwner(db: Queryable, organisationId: string, ownerId: string): Promise<void> {
  if (await organisationExists(db, organisationId)) return;
  throw new CodedError(
    'owner_unknown',
    `there is no owner ${ownerId} in this database: make one with  naru owners create`,
  );
}
