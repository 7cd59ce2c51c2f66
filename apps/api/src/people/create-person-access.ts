import type { Invalidations } from '@naru/core/invalidation/invalidations.ts';
import { createSessions } from '@naru/core/person/create-sessions.ts';
import type { Database } from '@naru/db/database.ts';
import { createIdentity } from '@naru/identity/create-identity.ts';
import type { IdentitySettings } from '@naru/identity/identity-settings.ts';
import { systemClock } from '@naru/kit/clock.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { PersonAccess } from './person-access.ts';

export function createPersonAccess(
  deps: { db: Database; invalidations: Invalidations; log: Logger },
  settings: IdentitySettings,
): PersonAccess {
  const { db, invalidations, log } = deps;
  return {
    identity: createIdentity(
      { db, onError: (reason) => log.error({ reason }, 'a sign-in failed on our side') },
      settings,
    ),
    sessions: createSessions({ db, clock: systemClock, invalidations }),
    forget: () => invalidations.publish('access'),
  };
}
