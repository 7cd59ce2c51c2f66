import { setAuditContext } from '@naru/core/audit/audit.store.ts';
import { Refused } from '@naru/core/command/run-keyed.ts';
import { invitePerson, newInvitationToken } from '@naru/core/person/invite-person.ts';
import { MEMBERS_MAX } from '@naru/core/person/person.limits.ts';
import { findPerson, listMembers } from '@naru/core/person/person.store.ts';
import { normaliseEmail } from '@naru/core/person/person.ts';
import { removePerson, resetSecondFactor } from '@naru/core/person/remove-person.ts';
import { type Database, withTransaction } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { type Role, roles, scopesOfRole } from '@naru/wire/role.ts';
import { type Command, Option } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { parseOwner, requireOwner } from '../parse-owner.ts';
import { withInvalidations } from '../with-invalidations.ts';

type Reasoned = { reason?: string; json?: boolean };
type InviteOptions = Reasoned & { role: Role; network: 'test' | 'live' };

/** People of owners, for whoever runs the installation: the first administrator, and those who are locked out. */
export function registerPeopleCommand(program: Command, context: CliContext): void {
  const people = program
    .command('people')
    .description('People who sign in to the console: list, invite, remove, let in again.');
  const list = people
    .command('list')
    .summary('the people of an owner')
    .argument('<owner-id>', 'org_…')
    .description('Lists members with their role and second factors.')
    .option('--json', 'print one JSON object')
    .action((ownerId: string, options: Reasoned) => runList(context, ownerId, options));
  addExamples(list, [['naru people list org_01kjr3q8c6e7rvt0xx0n3m7d5d', 'who may do what']]);
  const invite = people
    .command('invite')
    .summary('invite somebody; the token is printed once')
    .argument('<owner-id>', 'org_…')
    .argument('<email>', 'of the person')
    .description(
      'Invites somebody into an owner: the first administrator of an installation comes this way. The token goes behind\n/invitation# in the address of the console; it opens once, within four days.',
    )
    .addOption(new Option('--role <role>', 'what they are').choices(roles).makeOptionMandatory())
    .addOption(
      new Option('--network <network>', 'which networks they reach')
        .choices(['test', 'live'])
        .makeOptionMandatory(),
    )
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((ownerId: string, email: string, options: InviteOptions) =>
      runInvite(context, ownerId, email, options),
    );
  addExamples(invite, [
    [
      'naru people invite org_01kjr3q8c6e7rvt0xx0n3m7d5d kim@example.com --role admin --network live',
      'the first administrator',
    ],
  ]);
  registerRescue(people, context);
}

function registerRescue(people: Command, context: CliContext): void {
  const remove = people
    .command('remove')
    .summary('remove a person, the last administrator too')
    .argument('<email>', 'of the person')
    .description('Ends a membership and every session of it at once. What the person did stays in the log.')
    .option('--reason <text>', 'why, for the audit log')
    .action((email: string, options: Reasoned) => runRemove(context, email, options));
  addExamples(remove, [['naru people remove kim@example.com --reason "left"', 'out at once']]);
  const reset = people
    .command('reset-second-factor')
    .summary('let somebody in who has lost phone and recovery codes')
    .argument('<email>', 'of the person, whom you have seen or called')
    .description(
      'Takes away every second factor and ends every session of a person. They sign in with their password and set up\nanother one before anything else is open to them. Make sure that it is them: this is how thieves ask, too.',
    )
    .option('--reason <text>', 'why, for the audit log')
    .action((email: string, options: Reasoned) => runReset(context, email, options));
  addExamples(reset, [
    [
      'naru people reset-second-factor kim@example.com --reason "phone lost, seen in person"',
      'then they enrol anew',
    ],
  ]);
}

async function runList(context: CliContext, ownerId: string, options: Reasoned): Promise<void> {
  const organisationId = parseOwner(ownerId);
  const members = await withDatabase(context, async (db) => {
    await requireOwner(db, organisationId, ownerId);
    return await listMembers(db, organisationId, MEMBERS_MAX);
  });
  if (options.json === true)
    return context.output.json({
      people: members.map((one) => ({ ...one, id: toPublicId('person', one.id) })),
    });
  if (members.length === 0)
    context.output.line('Nobody yet. Invite an administrator:  naru people invite --help');
  for (const { name, email, role, secondFactor } of members) {
    const factors = [secondFactor.totp ? 'app' : '', secondFactor.passkey ? 'passkey' : ''].filter(
      (one) => one !== '',
    );
    context.output.line(
      `${role.padEnd(9)} ${email}  ${name}  (${factors.join(', ') || 'no second factor yet'})`,
    );
  }
}

async function runInvite(
  context: CliContext,
  ownerId: string,
  email: string,
  { role, network, reason, json }: InviteOptions,
): Promise<void> {
  const organisationId = parseOwner(ownerId);
  const token = newInvitationToken();
  const { actor } = auditContextOf(context, reason ?? null);
  // Whoever runs the installation may give any role: as a program that holds every scope.
  const caller = {
    ...{ organisationId, network, apiKeyId: newUuid(), requestsPerMinuteMax: 1 },
    scopes: [...new Set(Object.values(scopesOfRole).flat())],
  };
  await withDatabase(
    context,
    async (db) => {
      await requireOwner(db, organisationId, ownerId);
      await withTransaction(db, (tx) =>
        invitePerson(tx, caller, { id: newUuid(), email, role, token, invitedBy: actor }),
      );
    },
    reason ?? null,
  ).catch((error: unknown) => {
    throw error instanceof Refused
      ? new CodedError(error.code, `${error.message} Nobody was invited.`)
      : error;
  });
  if (json === true) return context.output.json({ email: normaliseEmail(email), role, token });
  context.output.line(`Invited ${normaliseEmail(email)} as ${role}. The token, shown this once:`);
  context.output.line(token);
}

async function runRemove(context: CliContext, email: string, { reason }: Reasoned): Promise<void> {
  await withPerson(context, email, reason ?? null, async (db, person) => {
    if (person.organisationId === null) throw unknownPerson(email);
    await removePerson(db, { organisationId: person.organisationId, personId: person.id });
  });
  context.output.line(`Removed ${normaliseEmail(email)}: signed out everywhere.`);
}

async function runReset(context: CliContext, email: string, { reason }: Reasoned): Promise<void> {
  await withPerson(context, email, reason ?? null, (db, person) =>
    withTransaction(db, async (tx) => {
      await setAuditContext(tx, auditContextOf(context, reason ?? null));
      await resetSecondFactor(tx, { personId: person.id, email: normaliseEmail(email) });
    }),
  );
  context.output.line(
    `${normaliseEmail(email)} signs in with the password and sets up a second factor anew.`,
  );
}

async function withPerson(
  context: CliContext,
  email: string,
  reason: string | null,
  work: (db: Database, person: { id: string; organisationId: string | null }) => Promise<void>,
): Promise<void> {
  await withDatabase(
    context,
    (db) =>
      withInvalidations(context, async (invalidations) => {
        const person = await findPerson(db, normaliseEmail(email));
        if (person === null) throw unknownPerson(email);
        await work(db, person);
        invalidations.publish('access');
      }),
    reason,
  );
}

function unknownPerson(email: string): CodedError {
  return new CodedError('person_unknown', `there is no member ${normaliseEmail(email)}: nothing was changed`);
}
