import type { Database } from '@naru/db/database.ts';
import { readOrganisationName } from '../access/access.store.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';

/** Members, invitations and keys of an organisation, for the edges. */
export type People = ReturnType<typeof createPeople>;

export function createPeople(deps: { db: Database; invalidations: Invalidations }) {
  const { db } = deps;
  return {
    organisationName: (organisationId: string) => readOrganisationName(db, organisationId),
  };
}
