import { organisationExists } from '@naru/core/access/access.store.ts';
import { createAccess } from '@naru/core/access/create-access.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { renderFields } from '../output.ts';
import { UUID_PATTERN } from '../patterns.ts';
import { registerRevokeKeyCommand } from './revoke-key.ts';

const SCOPES = ['withdrawals:read', 'withdrawals:write', 'admin'] as const;

type KeyOptions = {
  name: string;
  network: 'test' | 'live';
  scopes: string[];
  allowIp?: string[];
  json?: boolean;
};

export function registerOwnersCommand(program: Command, context: CliContext): void {
  const owners = program
    .command('owners')
    .description('Owners of balances (organisations) and their API keys.');
  const create = owners
    .command('create')
    .summary('make an owner')
    .argument('<name>', 'what people call it')
    .description('Makes an owner: balances, withdrawals and API keys belong to one. Prints its id.')
    .option('--json', 'print one JSON object')
    .action((name: string, options: { json?: boolean }) => runCreate(context, name, options));
  addExamples(create, [
    ['naru owners create "Exchange desk"', 'prints its id, org_…'],
    ['naru owners create "Exchange desk" --json', 'the same for a program'],
  ]);
  const key = owners
    .command('key')
    .summary('make an API key for an owner; printed once')
    .argument('<owner-id>', 'org_…, as  naru owners create  printed it')
    .description(
      'Makes an API key for an owner. The key is printed once and stored nowhere: only its hash is kept.\n\n' +
        'A test key (nk_test_…) reaches test networks and localhost, a live key (nk_live_…) main networks only.',
    )
    .requiredOption('--name <text>', 'what the key is for')
    .addOption(
      new Option('--network <network>', 'which networks it reaches')
        .choices(['test', 'live'])
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--scopes <list>',
      `what it may do, separated by commas: ${SCOPES.join(', ')}`,
      parseScopes,
    )
    .option('--allow-ip <list>', 'addresses or ranges it may be used from, separated by commas', parseList)
    .option('--json', 'print one JSON object')
    .action((ownerId: string, options: KeyOptions) => runKey(context, ownerId, options));
  addExamples(key, [
    [
      'naru owners key org_01kjr3q8c6e7rvt0xx0n3m7d5d --name "payout job" --network live \\\n      --scopes withdrawals:read,withdrawals:write --allow-ip 10.0.0.0/16',
      'for a program of the owner',
    ],
    [
      'naru owners key org_01kjr3q8c6e7rvt0xx0n3m7d5d --name support --network live --scopes withdrawals:read',
      'only looks',
    ],
  ]);
  registerRevokeKeyCommand(owners, context);
}

function parseScopes(text: string): string[] {
  const list = parseList(text);
  const unknown = list.filter((scope) => !SCOPES.some((known) => known === scope));
  if (unknown.length > 0)
    throw new InvalidArgumentError(
      `There is no scope "${unknown.join('", "')}"; there are: ${SCOPES.join(', ')}.`,
    );
  return list;
}

function parseList(text: string): string[] {
  const list = text.split(',').map((one) => one.trim());
  if (list.some((one) => one === '')) throw new InvalidArgumentError('One of the entries is empty.');
  return list;
}

async function runCreate(context: CliContext, name: string, options: { json?: boolean }): Promise<void> {
  if (name.trim() === '') throw usageError('the name is empty: give the owner one');
  const { id: uuid } = await withDatabase(context, (db) =>
    createAccess({ db, clock: systemClock }).createOrganisation(name.trim()),
  );
  const id = toPublicId('organisation', uuid);
  if (options.json === true) return context.output.json({ id, uuid, name: name.trim() });
  context.output.line(`Made the owner ${id} (${name.trim()}).`);
  context.output.line(`Next, a key for it:  naru owners key ${id} --name … --network test --scopes …`);
}

async function runKey(context: CliContext, ownerId: string, options: KeyOptions): Promise<void> {
  const organisationId = UUID_PATTERN.test(ownerId)
    ? ownerId.toLowerCase()
    : fromPublicId('organisation', ownerId);
  if (organisationId === null)
    throw usageError(`"${ownerId}" is not the id of an owner, which looks like org_01kjr…`);
  const key = await withDatabase(context, async (db) => {
    if (!(await organisationExists(db, organisationId)))
      throw new CodedError(
        'owner_unknown',
        `there is no owner ${ownerId} in this database: make one with  naru owners create`,
      );
    return await createAccess({ db, clock: systemClock }).createApiKey({
      organisationId,
      name: options.name,
      network: options.network,
      scopes: options.scopes,
      ...(options.allowIp === undefined ? {} : { ipAllowList: options.allowIp }),
    });
  });
  const id = toPublicId('apiKey', key.id);
  if (options.json === true) return context.output.json({ id, token: key.token, prefix: key.prefix });
  const { colours } = context.output;
  context.output.line(
    renderFields(colours, [
      ['key', colours.bold(key.token)],
      ['id', id],
      ['owner', toPublicId('organisation', organisationId)],
      ['may', options.scopes.join(', ')],
      ['networks', options.network === 'test' ? 'test networks and localhost' : 'main networks'],
      options.allowIp === undefined ? null : ['only from', options.allowIp.join(', ')],
    ]),
  );
  context.output.warn('Keep the key now: it is shown this once and cannot be shown again.');
}
