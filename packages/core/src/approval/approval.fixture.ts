import { type Database, withTransaction } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { createAccess } from '../access/create-access.ts';
import { doneValue, requestOf, reviewOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import { advanceByIds } from '../withdrawal/withdrawal.store.ts';
import type { WithdrawalRequest } from '../withdrawal/withdrawal.ts';
import { type OpenReview, openReviews } from './open-reviews.ts';

/** A key of the organisation that is really there, as a caller. */
export async function keyOf(
  db: Database,
  organisationId: string,
  holder: string | null,
  scopes: readonly string[] = ['approvals:read', 'approvals:write'],
  network: 'test' | 'live' = 'test',
): Promise<Caller> {
  const access = createAccess({ db, clock: systemClock });
  const key = await access.createApiKey({
    organisationId,
    name: `of ${holder ?? 'nobody'}`,
    network,
    scopes: [...scopes],
    ...(holder === null ? {} : { holder }),
  });
  return { organisationId, apiKeyId: key.id, network, scopes, requestsPerMinuteMax: 1_000 };
}

/** A withdrawal of the caller in VALIDATING. */
export async function submitted(
  world: World,
  caller: Caller,
  changes: Partial<WithdrawalRequest> = {},
): Promise<string> {
  const { id } = doneValue(await world.withdrawals.request(caller, newUuid(), requestOf(changes)));
  const step = { from: 'PENDING', to: 'VALIDATING', actor: 'system:test', reason: 'taken up' } as const;
  await withTransaction(world.db, (tx) => advanceByIds(tx, [id], step));
  return id;
}

/** A withdrawal of the caller in REVIEW. */
export async function inReview(
  world: World,
  caller: Caller,
  review: Partial<OpenReview> = {},
  changes: Partial<WithdrawalRequest> = {},
): Promise<string> {
  const id = await submitted(world, caller, changes);
  await withTransaction(world.db, (tx) => openReviews(tx, [reviewOf(id, review)]));
  return id;
}
