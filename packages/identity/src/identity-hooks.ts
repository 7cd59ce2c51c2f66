import { FAILED_SIGN_INS_MAX, LOCK_MS, SESSION_SECONDS_MAX } from '@naru/core/person/person.limits.ts';
import { normaliseEmail } from '@naru/core/person/person.ts';
import { type AccountAct, recordAccountAct } from '@naru/core/person/person-audit.ts';
import {
  clearFailures,
  countFailure,
  deleteSession,
  isMember,
  markProven,
  markSignedIn,
  readFactors,
  readLock,
} from '@naru/core/person/session.store.ts';
import type { Database } from '@naru/db/database.ts';
import { STEP_UP_MS_MAX } from '@naru/wire/role.ts';
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api';
import { symmetricDecrypt } from 'better-auth/crypto';
import { takeCode } from './take-code.ts';

/** Set by our adapter on every request, whatever the client sent. */
export const IP_HEADER = 'x-naru-client-address';
export const REQUEST_ID_HEADER = 'x-naru-request-id';

/** Who ends one of these has proven a second factor in the session that begins or goes on with it. */
const PROOFS = [
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/passkey/verify-authentication',
];
/** Changes of what protects the account: with a second factor in place they need it, proven just now. */
const GUARDED = [
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/generate-backup-codes',
  '/passkey/generate-register-options',
  '/passkey/verify-registration',
  '/passkey/delete-passkey',
  '/change-password',
];
const ACTS: Readonly<Record<string, AccountAct>> = {
  '/sign-out': 'sign_out',
  '/two-factor/disable': 'second_factor_removed',
  '/two-factor/generate-backup-codes': 'recovery_codes_renewed',
  '/passkey/verify-registration': 'second_factor_added',
  '/passkey/delete-passkey': 'second_factor_removed',
  '/change-password': 'password_changed',
  '/revoke-session': 'sessions_ended',
  '/revoke-other-sessions': 'sessions_ended',
  '/revoke-sessions': 'sessions_ended',
};

type Ctx = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0];
/** The session with our own column in it. */
type Session = { id: string; token: string; provenAt?: Date | null };

const whereOf = (ctx: Ctx) => ({
  origin: ctx.headers?.get(IP_HEADER) ?? null,
  requestId: ctx.headers?.get(REQUEST_ID_HEADER) ?? null,
});

/** Locks, step-up for changes of the account itself, proofs of second factors, and the record of all of it. */
export function createHooks(deps: { db: Database }) {
  const { db } = deps;

  async function refuseLocked(email: string): Promise<void> {
    const until = await readLock(db, email);
    if (until === null) return;
    const seconds = Math.max(1, Math.ceil((until.getTime() - Date.now()) / 1_000));
    throw new APIError(
      'TOO_MANY_REQUESTS',
      { code: 'ACCOUNT_LOCKED', message: 'too many wrong passwords or codes' },
      { 'retry-after': String(seconds) },
    );
  }

  /** Who is not there, or came with a wrong code, is told so by better-auth. */
  async function refuseUsed(ctx: Ctx, personId: string | null): Promise<void> {
    const code: unknown = ctx.body?.code;
    if (personId === null || typeof code !== 'string') return;
    const unseal = (data: string) => symmetricDecrypt({ key: ctx.context.secretConfig, data });
    if ((await takeCode({ db, unseal }, personId, code, new Date())) === 'used')
      throw new APIError('UNAUTHORIZED', { code: 'CODE_USED', message: 'each code is good once' });
  }

  async function fail(ctx: Ctx, email: string): Promise<void> {
    if (await countFailure(db, email, { max: FAILED_SIGN_INS_MAX, lockMs: LOCK_MS }))
      await recordAccountAct(db, email, 'locked', whereOf(ctx));
  }

  const before = createAuthMiddleware(async (ctx) => {
    if (ctx.body?.trustDevice === true)
      throw new APIError('BAD_REQUEST', { code: 'TRUST_DEVICE', message: 'no device is trusted here' });
    if (ctx.path === '/sign-in/email') {
      const email = emailOf(ctx);
      if (email !== null) await refuseLocked(email);
    }
    const isProof = PROOFS.includes(ctx.path);
    const isGuarded = GUARDED.includes(ctx.path);
    if (!isProof && !isGuarded && ctx.path !== '/sign-out') return;
    // Of a sign-out it is read here, for the record: afterwards there is none.
    const current = await getSessionFromCtx(ctx);
    if (isProof) {
      if (current !== null) await refuseLocked(current.user.email);
      if (ctx.path === '/two-factor/verify-totp')
        await refuseUsed(ctx, current?.user.id ?? (await readHalfSignedIn(ctx)));
      return;
    }
    if (current === null || !isGuarded) return;
    const factors = await readFactors(db, current.user.id);
    if (factors === null || !(factors.totp || factors.passkey)) return;
    const provenAt = (current.session as Session).provenAt?.getTime() ?? Number.NEGATIVE_INFINITY;
    if (Date.now() - provenAt > STEP_UP_MS_MAX)
      throw new APIError('FORBIDDEN', { code: 'STEP_UP_REQUIRED', message: 'prove a second factor first' });
  });

  const after = createAuthMiddleware(async (ctx) => {
    const failed = ctx.context.returned instanceof APIError;
    if (ctx.path === '/sign-in/email') {
      const email = emailOf(ctx);
      if (email === null) return;
      if (!failed) await clearFailures(db, email);
      else if (ctx.context.returned instanceof APIError && ctx.context.returned.status === 'UNAUTHORIZED')
        await fail(ctx, email);
      return;
    }
    const current = await getSessionFromCtx(ctx).catch(() => null);
    const made = ctx.context.newSession;
    if (PROOFS.includes(ctx.path)) {
      if (failed) {
        if (current !== null) await fail(ctx, current.user.email);
        return;
      }
      if (current !== null) await clearFailures(db, current.user.email);
      // A passkey begins a session of its own: the one that it was asked from ends.
      if (current === null) return;
      const isReplaced = made !== null && made.session.id !== current.session.id;
      if (!isReplaced) return await markProven(db, current.session.id);
      await deleteSession(db, current.session.id);
      if (ctx.path === '/two-factor/verify-totp')
        await recordAccountAct(db, current.user.email, 'second_factor_added', whereOf(ctx));
      return;
    }
    if (failed || current === null) return;
    if (ctx.path === '/passkey/verify-registration') await markProven(db, current.session.id);
    const act = ACTS[ctx.path];
    if (act !== undefined) await recordAccountAct(db, current.user.email, act, whereOf(ctx));
  });

  return { hooks: { before, after }, databaseHooks: createDatabaseHooks(deps) };
}

function createDatabaseHooks({ db }: { db: Database }) {
  return {
    session: {
      create: {
        async before(session: { userId: string; provenAt?: Date | null }, ctx: Ctx | null) {
          // Said like a wrong password: whoever left an organisation learns nothing here.
          if (!(await isMember(db, session.userId)))
            throw new APIError('UNAUTHORIZED', {
              code: 'INVALID_EMAIL_OR_PASSWORD',
              message: 'Invalid email or password',
            });
          const provenAt = provenAtOf(session, ctx);
          const expiresAt = new Date(Date.now() + SESSION_SECONDS_MAX * 1_000);
          return { data: { ...session, provenAt, expiresAt } };
        },
        async after(session: { userId: string }, ctx: Ctx | null) {
          if (ctx === null || ctx.context.session !== null) return;
          const person = await readFactors(db, session.userId);
          // The password alone is half a sign-in: better-auth takes this session back and asks for the code.
          if (person === null || (ctx.path === '/sign-in/email' && person.totp)) return;
          await markSignedIn(db, session.userId);
          await recordAccountAct(db, person.email, 'sign_in', whereOf(ctx));
        },
      },
    },
  };
}

/** When a second factor was proven in a session that begins: now, or in the one that it takes the place of. */
function provenAtOf(session: { provenAt?: Date | null }, ctx: Ctx | null): Date | null {
  if (PROOFS.includes(ctx?.path ?? '')) return new Date();
  // better-auth begins an empty one for whoever changes the password, and ends all others.
  const replaced = ctx?.path === '/change-password' ? ctx.context.session?.session : undefined;
  return ((replaced as Session | undefined) ?? session).provenAt ?? null;
}

/** Whose password was right a moment ago, while their code is waited for. */
async function readHalfSignedIn(ctx: Ctx): Promise<string | null> {
  const cookie = ctx.context.createAuthCookie('two_factor');
  const challenge = await ctx.getSignedCookie(cookie.name, ctx.context.secret);
  if (!challenge) return null;
  return (await ctx.context.internalAdapter.findVerificationValue(challenge))?.value ?? null;
}

function emailOf(ctx: Ctx): string | null {
  const email: unknown = ctx.body?.email;
  return typeof email === 'string' && email !== '' ? normaliseEmail(email).slice(0, EMAIL_KEPT) : null;
}
/** Of what was typed as an e-mail; the table's. */
const EMAIL_KEPT = 100;
