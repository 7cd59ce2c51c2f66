import { readFile } from 'node:fs/promises';
import { createAccess } from '@naru/core/access/create-access.ts';
import { findPerson } from '@naru/core/person/person.store.ts';
import { removePerson } from '@naru/core/person/remove-person.ts';
import type { Database } from '@naru/db/database.ts';
import { makeDemoPerson } from '@naru/identity/demo-person.ts';
import { assert } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { secret } from '@naru/kit/secret.ts';
import { type Role, roles } from '@naru/wire/role.ts';
import type { DemoPerson, DevHome } from './dev-home.ts';

const NAMES: Record<Role, string> = {
  viewer: 'Vera Viewer',
  operator: 'Otto Operator',
  approver: 'Ada Approver',
  admin: 'Anna Admin',
  auditor: 'Aldo Auditor',
};

/** One person of each role in the demo owner's organisation: those that are remembered, or new ones. */
export async function ensureDemoPeople(
  deps: { db: Database; home: DevHome },
  apiKey: string,
  known: readonly DemoPerson[],
): Promise<DemoPerson[]> {
  const owner = await createAccess({ db: deps.db, clock: systemClock }).authenticate(apiKey, '127.0.0.1');
  assert('caller' in owner, 'the demo owner has a key');
  const { organisationId, network } = owner.caller;
  const authSecret = secret((await readFile(deps.home.authSecretFile, 'utf8')).trim());
  const people: DemoPerson[] = [];
  for (const role of roles) {
    const email = `${role}@naru.local`;
    const found = await findPerson(deps.db, email);
    const before = known.find((one) => one.role === role);
    if (before !== undefined && found?.organisationId === organisationId) {
      people.push(before);
      continue;
    }
    if (found !== null && found.organisationId !== null)
      await removePerson(deps.db, { organisationId: found.organisationId, personId: found.id });
    const { password, totpSecret } = await makeDemoPerson(
      { db: deps.db, secret: authSecret },
      { organisationId, name: NAMES[role], email, role, network },
    );
    people.push({ role, email, password, totpSecret });
  }
  return people;
}
