import { randomBytes } from 'node:crypto';
import { base32 } from '@better-auth/utils/base32';
import { addMember } from '@naru/core/person/add-member.ts';
import { putTwoFactor } from '@naru/core/person/person.store.ts';
import { type Database, withTransaction } from '@naru/db/database.ts';
import type { Secret } from '@naru/kit/secret.ts';
import type { Role } from '@naru/wire/role.ts';
import { hashPassword, symmetricEncrypt } from 'better-auth/crypto';

/** As many random bits as the hash of a code has: RFC 4226 asks for 160. */
const TOTP_SECRET_BYTES = 20;
const PASSWORD_BYTES = 15;

/**
 * A member with a random password and an authenticator app that is set up: for development and tests, where no person is
 * there to scan a picture. Everybody else comes by an invitation.
 */
export async function makeDemoPerson(
  deps: { db: Database; secret: Secret },
  member: { organisationId: string; name: string; email: string; role: Role; network: 'test' | 'live' },
): Promise<{ personId: string; apiKeyId: string; password: string; totpSecret: string }> {
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const passwordHash = await hashPassword(password);
  // better-auth keeps the secret as a text, whose bytes are the key.
  const totpText = randomBytes(TOTP_SECRET_BYTES).toString('hex');
  const seal = (data: string) => symmetricEncrypt({ key: deps.secret.reveal(), data });
  const sealed = { secret: await seal(totpText), backupCodes: await seal('[]') };
  const ids = await withTransaction(deps.db, async (tx) => {
    const made = await addMember(tx, { ...member, passwordHash });
    await putTwoFactor(tx, made.personId, sealed);
    return made;
  });
  return { ...ids, password, totpSecret: base32.encode(totpText, { padding: false }) };
}
