import type { Readable, Writable } from 'node:stream';
import { readAwsSettings } from '@naru/key-aws/aws-settings.ts';
import { openMasterKey } from '@naru/key-aws/open-master-key.ts';
import { createKey, importKey } from '@naru/keystore/add-key.ts';
import { type KeyInfo, listKeys } from '@naru/keystore/key-directory.ts';
import { createLocalMasterKey, type MasterKey } from '@naru/keystore/master-key.ts';
import {
  describeMasterKeySource,
  formatMasterKeySource,
  type MasterKeySource,
  masterKeyVariable,
  parseMasterKeySource,
} from '@naru/keystore/master-key-source.ts';
import { rotateMasterKey } from '@naru/keystore/rotate-master-key.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { getAddress } from 'viem';
import { generateInKms, generateOnToken, listKeysElsewhere } from './keys-elsewhere.ts';
import { readKeyFromFile, readKeyFromInput } from './keys-input.ts';

/** Where the keystore is unless the operator says otherwise, and the environment that says how AWS and HSM are reached. */
export type KeysDefaults = {
  keystoreDir?: string | undefined;
  /** As `parseMasterKeySource` reads it. */
  masterKey?: string | undefined;
  environment?: Readonly<Record<string, string | undefined>>;
};

/** Standard input and output, replaceable in tests. */
export type KeysStreams = { input: Readable & { isTTY?: boolean }; output: Writable };

type PlaceOptions = { keystore: string; master: string; json?: boolean };
/** Keeps what was done to keys. `after` holds addresses, labels and ids of master keys, and no secret. */
export type RecordKeyAction = (done: {
  action: 'keys.create' | 'keys.import' | 'keys.generate' | 'keys.rotate_master';
  subject: string;
  after: Record<string, string | null>;
}) => Promise<void>;

type Context = { program: Command; defaults: KeysDefaults; streams: KeysStreams; record: RecordKeyAction };

/**
 * Adds `naru keys create | import | generate | list | rotate-master`. Private keys go in by standard input or a file, never by
 * an argument (which every user of the machine can see), and never come out.
 */
export function registerKeysCommand(
  program: Command,
  defaults: KeysDefaults,
  streams: KeysStreams = { input: process.stdin, output: process.stdout },
  record: RecordKeyAction = async () => undefined,
): void {
  const keys = program
    .command('keys')
    .description("the signer's keys: make, import, list, change their master key");
  const context: Context = { program: keys, defaults, streams, record };

  command(context, 'create', 'make a new key (and, for the first one, the master key file)')
    .option('--label <text>', 'what the key is for')
    .action((options: PlaceOptions & { label?: string }) =>
      guard(keys, () => createCommand(context, options)),
    );

  command(context, 'import', 'take over a private key: 64 hex digits, by standard input or from a file')
    .option('--stdin', 'read the private key from standard input')
    .option('--file <file>', 'read the private key from a file; delete that file afterwards')
    .option('--label <text>', 'what the key is for')
    .action((options: ImportOptions) => guard(keys, () => importCommand(context, options)));

  keys
    .command('generate')
    .description('make a key that never leaves AWS KMS (kms) or an HSM with PKCS#11 (pkcs11)')
    .argument('<where>', 'kms or pkcs11')
    .option('--json', 'print one JSON object instead of text')
    .option('--label <text>', 'what the key is for')
    .option('--alias <alias/name>', 'kms: an alias for it')
    .action((where: string, options: GenerateOptions) =>
      guard(keys, () => generateCommand(context, where, options)),
    );

  command(context, 'list', 'show addresses, labels and master keys; and keys in KMS or HSM that are named', {
    master: false,
  }).action((options: PlaceOptions) => guard(keys, () => listCommand(context, options)));

  command(
    context,
    'rotate-master',
    'put every key under a new master key; may be run again after an interruption',
  )
    .requiredOption(
      '--new <place>',
      'the new master key: a file (made if it does not exist), kms:<key>, or secret:<name>',
    )
    .action((options: PlaceOptions & { new: string }) => guard(keys, () => rotateCommand(context, options)));
}

type GenerateOptions = { json?: boolean; label?: string; alias?: string };
type ImportOptions = PlaceOptions & { stdin?: boolean; file?: string; label?: string };

function command(context: Context, name: string, description: string, needs = { master: true }): Command {
  const added = context.program
    .command(name)
    .description(description)
    .option('--json', 'print one JSON object instead of text');
  place(
    added,
    '--keystore <dir>',
    'directory of the key files',
    context.defaults.keystoreDir,
    'NARU_KEYSTORE_DIR',
  );
  if (needs.master) {
    place(
      added,
      '--master <place>',
      'the master key: a file, kms:<key> of AWS KMS, or secret:<name> of AWS Secrets Manager',
      context.defaults.masterKey,
      'NARU_MASTER_KEY_FILE, …_KMS, …_SECRET',
    );
  }
  return added;
}

function place(
  added: Command,
  flags: string,
  what: string,
  preset: string | undefined,
  variable: string,
): void {
  const described = `${what} (or ${variable})`;
  if (preset === undefined) added.requiredOption(flags, described, notEmpty);
  else added.option(flags, described, notEmpty, preset);
}

function notEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}

async function createCommand(context: Context, options: PlaceOptions & { label?: string }): Promise<void> {
  const { masterKey, made } = await openOrMakeMasterKey(context, options);
  const deps = { directory: options.keystore, masterKey, clock: systemClock };
  const key = await createKey(deps, { label: options.label ?? null });
  printAdded(context, options, { key, made, verb: 'Created' });
  await recordAdded(context, 'keys.create', key);
}

async function importCommand(context: Context, options: ImportOptions): Promise<void> {
  if ((options.stdin === true) === (options.file !== undefined)) {
    throw new CodedError('usage', 'say where the private key comes from: --stdin or --file FILE');
  }
  const text =
    options.file === undefined
      ? await readKeyFromInput(context.streams.input)
      : await readKeyFromFile(options.file);
  const { masterKey, made } = await openOrMakeMasterKey(context, options);
  const deps = { directory: options.keystore, masterKey, clock: systemClock };
  const key = await importKey(deps, { text, label: options.label ?? null });
  printAdded(context, options, { key, made, verb: 'Imported' });
  await recordAdded(context, 'keys.import', key);
  if (options.file !== undefined && options.json !== true) {
    print(
      context,
      `The private key still stands in ${options.file}: delete that file (shred -u ${options.file}).`,
    );
  }
}

async function generateCommand(context: Context, where: string, options: GenerateOptions): Promise<void> {
  if (where !== 'kms' && where !== 'pkcs11')
    throw new CodedError(
      'usage',
      `a key can be made in kms or pkcs11, not in ${where}; in files: naru keys create`,
    );
  const environment = context.defaults.environment ?? {};
  const label = options.label ?? null;
  const { address, name } =
    where === 'kms'
      ? await generateInKms(environment, { label, alias: options.alias ?? null })
      : await generateOnToken(environment, label ?? `naru ${systemClock.now().toISOString().slice(0, 10)}`);
  await context.record({
    action: 'keys.generate',
    subject: `key ${getAddress(address)}`,
    after: { label, backend: where, name },
  });
  if (options.json === true)
    return print(context, JSON.stringify({ address: getAddress(address), backend: where, name }));
  const next =
    where === 'kms'
      ? `Add ${name} to NARU_KMS_KEYS, or to the file of NARU_KMS_KEYS_FILE and send the signer SIGHUP.`
      : 'Send the signer SIGHUP: it takes up every key of the token.';
  print(context, `Made ${getAddress(address)} (${name}) in ${where}. It cannot be copied out.\n${next}`);
}

async function listCommand(context: Context, options: PlaceOptions): Promise<void> {
  const keys = await listKeys(options.keystore);
  const elsewhere = await listKeysElsewhere(context.defaults.environment ?? {});
  const isElsewhere = elsewhere.keys.length + elsewhere.problems.length > 0;
  if (options.json === true) {
    const more = {
      elsewhere: elsewhere.keys.map((key) => ({ ...key, address: getAddress(key.address) })),
      problems: elsewhere.problems,
    };
    return print(context, JSON.stringify({ keys: keys.map(shownKey), ...(isElsewhere ? more : {}) }));
  }
  if (keys.length === 0) print(context, `No keys in ${options.keystore}. Make one with  naru keys create`);
  else printKeyFiles(context, keys);
  if (elsewhere.keys.length > 0) {
    const rows = elsewhere.keys.map(({ backend, address }) => [getAddress(address), backend]);
    print(context, `\n${table(['ADDRESS', 'KEPT IN'], rows)}`);
  }
  for (const problem of elsewhere.problems) print(context, problem);
}

function printKeyFiles(context: Context, keys: readonly KeyInfo[]): void {
  const rows = keys.map((key) => [
    getAddress(key.address),
    key.createdAt.slice(0, 16).replace('T', ' '),
    key.masterKeyIds.join(', '),
    key.label ?? '',
  ]);
  print(context, table(['ADDRESS', 'CREATED (UTC)', 'MASTER KEY', 'LABEL'], rows));
  if (keys.some((key) => key.masterKeyIds.length > 1)) {
    print(
      context,
      'A change of the master key was interrupted: run  naru keys rotate-master  again to complete it.',
    );
  }
}

async function rotateCommand(context: Context, options: PlaceOptions & { new: string }): Promise<void> {
  const [present, next] = [parseMasterKeySource(options.master), parseMasterKeySource(options.new)];
  const from = await open(context, present);
  const { masterKey: to, made } = await loadOrCreate(context, next);
  if (from.id === to.id)
    throw new CodedError('usage', `${options.new} holds the present master key: name another one`);
  const { rotated } = await rotateMasterKey({ directory: options.keystore, from, to });
  await context.record({
    action: 'keys.rotate_master',
    subject: `keystore ${options.keystore}`,
    after: { from: from.id, to: to.id, rotated: String(rotated) },
  });
  const keys = await listKeys(options.keystore);
  const left = keys.filter((key) => key.masterKeyIds.some((id) => id !== to.id)).map((key) => key.address);
  if (options.json === true) {
    return print(
      context,
      JSON.stringify({ rotated, from: from.id, to: to.id, masterKeyFileCreated: made, left }),
    );
  }
  print(context, `${rotated} of ${keys.length} keys were put under master key ${to.id} (${options.new}).`);
  if (left.length > 0) {
    return print(context, `Not moved, made in the meantime: ${left.join(', ')}. Run the same command again.`);
  }
  print(context, adviseAfterRotation(options.keystore, present, next));
}

function adviseAfterRotation(keystore: string, present: MasterKeySource, next: MasterKeySource): string {
  const backUp =
    next.kind === 'file'
      ? `Back up ${next.file}, apart from ${keystore}. Without it the keys are lost.`
      : `See to it that ${describeMasterKeySource(next)} cannot be deleted. Without it the keys are lost.`;
  const inPlace =
    present.kind === 'file' && next.kind === 'file'
      ? ` Or put it in the place of ${present.file} and send SIGHUP: nothing is started again.`
      : '';
  return [
    'Next:',
    `  1. ${backUp}`,
    `  2. Set ${masterKeyVariable(next)} and start the signer again. Until then it goes on with the keys it has.${inPlace}`,
    `  3. Then delete ${formatMasterKeySource(present)}, once no backup of the key files that you may need depends on it.`,
  ].join('\n');
}

async function recordAdded(
  context: Context,
  action: 'keys.create' | 'keys.import',
  key: KeyInfo,
): Promise<void> {
  const after = { label: key.label, masterKeyIds: key.masterKeyIds.join(', ') };
  await context.record({ action, subject: `key ${getAddress(key.address)}`, after });
}

/** A first key may bring its master key along; a keystore that has keys already must not be given another one. */
async function openOrMakeMasterKey(
  context: Context,
  options: PlaceOptions,
): Promise<{ masterKey: MasterKey; made: boolean }> {
  const existing = await listKeys(options.keystore).catch((error: unknown) => {
    if (error instanceof CodedError && error.code === 'missing') return [];
    throw error;
  });
  const source = parseMasterKeySource(options.master);
  if (existing.length === 0) return await loadOrCreate(context, source);
  const masterKey = await open(context, source);
  const ids = new Set(existing.flatMap((key) => key.masterKeyIds));
  if (!ids.has(masterKey.id)) {
    throw new CodedError(
      'wrong_master_key',
      `the keys in ${options.keystore} are under master key ${[...ids].join(', ')}, and ${options.master} holds ${masterKey.id}: give the right one by --master`,
    );
  }
  return { masterKey, made: false };
}

async function open({ defaults }: Context, source: MasterKeySource): Promise<MasterKey> {
  if (source.kind === 'file') return await openMasterKey(null, source);
  const { settings, problems } = await readAwsSettings(defaults.environment ?? {});
  if (settings === null)
    throw new CodedError('usage', `${describeMasterKeySource(source)}: ${problems.join('; ')}`);
  return await openMasterKey(settings, source);
}

/** A file may be made. Keys in KMS and secrets are made where their owners make them. */
async function loadOrCreate(
  context: Context,
  source: MasterKeySource,
): Promise<{ masterKey: MasterKey; made: boolean }> {
  try {
    return { masterKey: await open(context, source), made: false };
  } catch (error) {
    if (source.kind !== 'file' || !(error instanceof CodedError && error.code === 'missing')) throw error;
    return { masterKey: await createLocalMasterKey(source.file), made: true };
  }
}

function printAdded(
  context: Context,
  options: PlaceOptions,
  added: { key: KeyInfo; made: boolean; verb: 'Created' | 'Imported' },
): void {
  const { key, made, verb } = added;
  if (options.json === true) {
    print(context, JSON.stringify({ ...shownKey(key), masterKeyFileCreated: made }));
    return;
  }
  const label = key.label === null ? '' : ` (${key.label})`;
  print(
    context,
    `${verb} ${getAddress(key.address)}${label} in ${options.keystore}, under master key ${key.masterKeyIds.join(', ')}.`,
  );
  if (made) {
    print(
      context,
      `Made the master key file ${options.master}. Back it up, apart from ${options.keystore}: without it the keys are lost, and who has both has the keys.`,
    );
  }
  print(context, 'A signer that runs takes it up within seconds.');
}

function shownKey(key: KeyInfo): KeyInfo {
  return { ...key, address: getAddress(key.address) };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function print({ streams }: Context, text: string): void {
  streams.output.write(`${text}\n`);
}

/** A refusal is one line and exit code 1, not a stack trace. Anything unforeseen keeps its trace. */
async function guard(command_: Command, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof CodedError)
      command_.error(`error: ${error.message}`, { exitCode: 1, code: error.code });
    throw error;
  }
}
