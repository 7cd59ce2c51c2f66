import { createAccess, normaliseHolder } from '@naru/core/access/create-access.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { upsertLimit } from '@naru/core/withdrawal/limit.store.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
import { parseAmount } from '@naru/kit/money.ts';
import { scopes } from '@naru/wire/role.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { renderFields } from '../output.ts';
import { parseOwner, requireOwner } from '../parse-owner.ts';
import { UUID_PATTERN } from '../patterns.ts';
import { withInvalidations } from '../with-invalidations.ts';

/** `approvals:emergency` is a voter's permission within a vote; no call asks for it. */
const SCOPES = [...scopes, 'approvals:emergency'] as const;
/** Keys with these speak for a person. */
const VOTING_SCOPES = ['approvals:write', 'approvals:emergency'];

type KeyOptions = {
  name: string;
  network: 'test' | 'live';
  scopes: string[];
  holder?: string;
  allowIp?: string[];
  reason?: string;
  json?: boolean;
};
type LimitOptions = { perWithdrawal: string; daily: string; reason?: string; json?: boolean };

export function registerOwnersCommand(program: Command, context: CliContext): void {
  const owners = program
    .command('owners')
    .description('Owners of balances (organisations) and their API keys.');
  const create = owners
    .command('create')
    .summary('make an owner')
    .argument('<name>', 'what people call it')
    .description('Makes an owner: balances, withdrawals and API keys belong to one. Prints its id.')
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((name: string, options: { json?: boolean; reason?: string }) =>
      runCreate(context, name, options),
    );
  addExamples(create, [
    ['naru owners create "Exchange desk"', 'prints its id, org_…'],
    ['naru owners create "Exchange desk" --json', 'the same for a program'],
  ]);
  registerRevokeAndLimit(owners, context);
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
    .option(
      '--holder <person>',
      'whose key it is; needed for keys that vote. Two keys of one holder are one voter, and nobody approves what they asked for',
    )
    .option('--allow-ip <list>', 'addresses or ranges it may be used from, separated by commas', parseList)
    .option('--reason <text>', 'why, for the audit log')
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
    [
      'naru owners key org_01kjr3q8c6e7rvt0xx0n3m7d5d --name "kim, desk" --holder kim --network live \\\n      --scopes approvals:read,approvals:write',
      'decides about withdrawals in review',
    ],
  ]);
}

function registerRevokeAndLimit(owners: Command, context: CliContext): void {
  const revoke = owners
    .command('revoke')
    .summary('make an API key of an owner invalid')
    .argument('<owner-id>', 'org_…')
    .argument('<key-id>', 'key_…, as  naru owners key  printed it')
    .description(
      'Makes an API key invalid, for good. Processes that have seen it take it for at most 5 s more; for no more at all where NARU_REDIS_URL is set here and there.',
    )
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((ownerId: string, keyId: string, options: { reason?: string; json?: boolean }) =>
      runRevoke(context, ownerId, keyId, options),
    );
  addExamples(revoke, [
    [
      'naru owners revoke org_01kjr3q8c6e7rvt0xx0n3m7d5d key_01kjr3q8c6e7rvt0xx0n3m7d5e --reason "left on a laptop"',
      'at once',
    ],
  ]);
  const limit = owners
    .command('limit')
    .summary("set an owner's ceilings for an asset")
    .argument('<owner-id>', 'org_…')
    .argument('<asset>', 'chain and code, as in polygon:USDC')
    .description(
      'Sets what an owner may withdraw of an asset at once and in a day of Asia/Seoul. Without, only the balance is a ceiling.',
    )
    .requiredOption('--per-withdrawal <amount>', 'in whole units, as in 1000.5')
    .requiredOption('--daily <amount>', 'in whole units')
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((ownerId: string, assetId: string, options: LimitOptions) =>
      runLimit(context, ownerId, assetId, options),
    );
  addExamples(limit, [
    [
      'naru owners limit org_01kjr3q8c6e7rvt0xx0n3m7d5d polygon:USDC --per-withdrawal 10000 --daily 50000',
      'from the next request on',
    ],
  ]);
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

async function runCreate(
  context: CliContext,
  name: string,
  options: { json?: boolean; reason?: string },
): Promise<void> {
  if (name.trim() === '') throw usageError('the name is empty: give the owner one');
  const { id: uuid } = await withDatabase(
    context,
    (db) => createAccess({ db, clock: systemClock }).createOrganisation(name.trim()),
    options.reason ?? null,
  );
  const id = toPublicId('organisation', uuid);
  if (options.json === true) return context.output.json({ id, uuid, name: name.trim() });
  context.output.line(`Made the owner ${id} (${name.trim()}).`);
  context.output.line(`Next, a key for it:  naru owners key ${id} --name … --network test --scopes …`);
}

async function runRevoke(
  context: CliContext,
  ownerId: string,
  keyId: string,
  options: { reason?: string; json?: boolean },
): Promise<void> {
  const organisationId = parseOwner(ownerId);
  const id = UUID_PATTERN.test(keyId) ? keyId.toLowerCase() : fromPublicId('apiKey', keyId);
  if (id === null) throw usageError(`"${keyId}" is not the id of a key, which looks like key_01kjr…`);
  const isRevoked = await withDatabase(
    context,
    (db) =>
      withInvalidations(context, (invalidations) =>
        createAccess({ db, clock: systemClock, invalidations }).revokeApiKey(organisationId, id),
      ),
    options.reason ?? null,
  );
  if (!isRevoked)
    throw new CodedError('key_unknown', `${ownerId} has no key ${keyId} that is valid: nothing was changed`);
  if (options.json === true) return context.output.json({ id: toPublicId('apiKey', id), revoked: true });
  context.output.line(`Revoked ${toPublicId('apiKey', id)}: within 5 s no process takes it any more.`);
}

async function runLimit(
  context: CliContext,
  ownerId: string,
  assetId: string,
  options: LimitOptions,
): Promise<void> {
  const organisationId = parseOwner(ownerId);
  const limit = await withDatabase(
    context,
    async (db) => {
      await requireOwner(db, organisationId, ownerId);
      const asset = (await readCatalogue(db)).assets.get(assetId);
      if (asset === undefined)
        throw usageError(`there is no asset "${assetId}": say chain and code, as in polygon:USDC`);
      const units = (text: string, what: string) => {
        const parsed = parseAmount(text, asset.decimals);
        if (!parsed.ok || parsed.units === 0n)
          throw usageError(
            `${what}: "${text}" is not a positive number with at most ${asset.decimals} decimals`,
          );
        return parsed.units;
      };
      const perWithdrawalMax = units(options.perWithdrawal, '--per-withdrawal');
      const dailyMax = units(options.daily, '--daily');
      await upsertLimit(db, { organisationId, assetId, perWithdrawalMax, dailyMax });
      return { perWithdrawalMax, dailyMax };
    },
    options.reason ?? null,
  );
  if (options.json === true) return context.output.json({ owner: ownerId, asset: assetId, ...limit });
  context.output.line(
    `${ownerId} may now withdraw ${options.perWithdrawal} ${assetId} at once and ${options.daily} a day (Asia/Seoul).`,
  );
}

async function runKey(context: CliContext, ownerId: string, options: KeyOptions): Promise<void> {
  const organisationId = parseOwner(ownerId);
  const holder = options.holder?.trim();
  if (holder === '') throw usageError('the holder is empty: say whose key it is');
  if (holder === undefined && options.scopes.some((scope) => VOTING_SCOPES.includes(scope)))
    throw usageError('a key that votes needs --holder: without it nobody knows whose vote it is');
  const key = await withDatabase(
    context,
    async (db) => {
      await requireOwner(db, organisationId, ownerId);
      return await createAccess({ db, clock: systemClock }).createApiKey({
        organisationId,
        name: options.name,
        network: options.network,
        scopes: options.scopes,
        ...(holder === undefined ? {} : { holder }),
        ...(options.allowIp === undefined ? {} : { ipAllowList: options.allowIp }),
      });
    },
    options.reason ?? null,
  );
  const id = toPublicId('apiKey', key.id);
  if (options.json === true) return context.output.json({ id, token: key.token, prefix: key.prefix });
  const { colours } = context.output;
  context.output.line(
    renderFields(colours, [
      ['key', colours.bold(key.token)],
      ['id', id],
      ['owner', toPublicId('organisation', organisationId)],
      ['may', options.scopes.join(', ')],
      holder === undefined ? null : ['holder', normaliseHolder(holder)],
      ['networks', options.network === 'test' ? 'test networks and localhost' : 'main networks'],
      options.allowIp === undefined ? null : ['only from', options.allowIp.join(', ')],
    ]),
  );
  context.output.warn('Keep the key now: it is shown this once and cannot be shown again.');
}
