import { createOTP } from '@better-auth/utils/otp';
import { readTotpSecret, takeTotpStep } from '@naru/core/person/session.store.ts';
import type { Queryable } from '@naru/db/database.ts';
import { TOTP_STEP_MS, TOTP_STEPS_AFTER, TOTP_STEPS_BEFORE } from './identity.limits.ts';

/**
 * Takes a code of the authenticator app from everybody who comes with it later, before better-auth looks whether it is
 * right: each is good once, and none is that is older than the last one used (RFC 6238, 5.2). 'unknown': it is no code of
 * these minutes, and nothing is taken.
 */
export async function takeCode(
  deps: { db: Queryable; unseal: (sealed: string) => Promise<string> },
  personId: string,
  code: string,
  now: Date,
): Promise<'taken' | 'used' | 'unknown'> {
  const sealed = await readTotpSecret(deps.db, personId);
  if (sealed === null) return 'unknown';
  const otp = createOTP(await deps.unseal(sealed));
  const present = Math.floor(now.getTime() / TOTP_STEP_MS);
  for (let step = present - TOTP_STEPS_BEFORE; step <= present + TOTP_STEPS_AFTER; step++)
    if ((await otp.hotp(step)) === code)
      return (await takeTotpStep(deps.db, { personId, step })) ? 'taken' : 'used';
  return 'unknown';
}
