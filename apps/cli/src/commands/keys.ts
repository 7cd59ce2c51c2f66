import { readFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { createKey, importKey } from '@naru/keystore/add-key.ts';
import { type KeyInfo, listKeys } from '@naru/keystore/key-directory.ts';
import { createLocalMasterKey, loadLocalMasterKey, type MasterKey } from '@naru/keystore/master-key.ts';
import { isErrno } from '@naru/keystore/private-file.ts';
import { rotateMasterKey } from '@naru/keystore/rotate-master-key.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { getAddress } from 'viem';

/** Where the keystore is unless the operator says otherwise: the caller's NARU_KEYSTORE_DIR and NARU_MASTER_KEY_FILE. */
export type KeysDefaults = { keystoreDir?: string | undefined; masterKeyFile?: string | undefined };

/** Standard input and output, replaceable in tests. */
export type KeysStreams = { input: Readable & { isTTY?: boolean }; output: Writable };

type PlaceOptions = { keystore: string; master: string; json?: boolean };
/** Keeps what was done to keys. `after` holds addresses, labels and ids of master keys, and no secret. */
export type RecordKeyAction = (done: {
  action: 'keys.create' | 'keys.import' | 'keys.rotate_master';
  subject: string;
  after: Record<string, string | null>;
}) => Promise<void>;

type Context = { program: Command; defaults: KeysDefaults; streams: KeysStreams; record: RecordKeyAction };

/** Bytes of an imported file: a private key is 66 characters; anything much longer is the wrong file. */
const IMPORT_BYTES_MAX = 1_024;

/**
 * Adds `naru keys create | import | list | rotate-master`. Private keys go in by standard input or a file, never by
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

  command(context, 'list', 'show addresses, labels and master keys', { master: false }).action(
    (options: PlaceOptions) => guard(keys, () => listCommand(context, options)),
  );

  command(
    context,
    'rotate-master',
    'put every key under a new master key; may be run again after an interruption',
  )
    .requiredOption('--new <file>', 'file of the new master key; made if it does not exist')
    .action((options: PlaceOptions & { new: string }) => guard(keys, () => rotateCommand(context, options)));
}

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
      '--master <file>',
      'file of the master key',
      context.defaults.masterKeyFile,
      'NARU_MASTER_KEY_FILE',
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
  const { masterKey, made } = await openOrMakeMasterKey(options);
  const deps = { directory: options.keystore, masterKey, clock: systemClock };
  const key = await createKey(deps, { label: options.label ?? null });
  printAdded(context, options, { key, made, verb: 'Created' });
  await recordAdded(context, 'keys.create', key);
}

async function importCommand(context: Context, options: ImportOptions): Promise<void> {
  if ((options.stdin === true) === (options.file !== undefined)) {
    throw new CodedError('usage', 'say where the private key comes from: --stdin or --file FILE');
  }
  const text = options.file === undefined ? await readInput(context) : await readImportFile(options.file);
  const { masterKey, made } = await openOrMakeMasterKey(options);
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

async function listCommand(context: Context, options: PlaceOptions): Promise<void> {
  const keys = await listKeys(options.keystore);
  if (options.json === true) return print(context, JSON.stringify({ keys: keys.map(shownKey) }));
  if (keys.length === 0)
    return print(context, `No keys in ${options.keystore}. Make one with  naru keys create`);
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
  const from = await loadLocalMasterKey(options.master);
  const { masterKey: to, made } = await loadOrCreate(options.new);
  if (from.id === to.id)
    throw new CodedError('usage', `${options.new} holds the present master key: name another file`);
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
  print(
    context,
    [
      'Next:',
      `  1. Back up ${options.new}, apart from ${options.keystore}. Without it the keys are lost.`,
      `  2. Set NARU_MASTER_KEY_FILE=${options.new} and start the signer again. Until then it goes on with the keys it has.`,
      `  3. Then delete ${options.master}, once no backup of the key files that you may need depends on it.`,
    ].join('\n'),
  );
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
async function openOrMakeMasterKey(options: PlaceOptions): Promise<{ masterKey: MasterKey; made: boolean }> {
  const existing = await listKeys(options.keystore).catch((error: unknown) => {
    if (error instanceof CodedError && error.code === 'missing') return [];
    throw error;
  });
  if (existing.length === 0) return await loadOrCreate(options.master);
  const masterKey = await loadLocalMasterKey(options.master);
  const ids = new Set(existing.flatMap((key) => key.masterKeyIds));
  if (!ids.has(masterKey.id)) {
    throw new CodedError(
      'wrong_master_key',
      `the keys in ${options.keystore} are under master key ${[...ids].join(', ')}, and ${options.master} holds ${masterKey.id}: give the right file by --master`,
    );
  }
  return { masterKey, made: false };
}

async function loadOrCreate(file: string): Promise<{ masterKey: MasterKey; made: boolean }> {
  try {
    return { masterKey: await loadLocalMasterKey(file), made: false };
  } catch (error) {
    if (!(error instanceof CodedError && error.code === 'missing')) throw error;
    return { masterKey: await createLocalMasterKey(file), made: true };
  }
}

async function readInput({ streams }: Context): Promise<Buffer> {
  if (streams.input.isTTY === true) {
    throw new CodedError(
      'usage',
      'a key typed here would stay on the screen: pipe it in, e.g.  pass show hot-1 | naru keys import --stdin',
    );
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of streams.input) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > IMPORT_BYTES_MAX) throw tooLong('standard input');
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return text;
}

async function readImportFile(file: string): Promise<Buffer> {
  const text = await readFile(file).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) throw new CodedError('missing', `${file} does not exist`);
    throw error;
  });
  if (text.length > IMPORT_BYTES_MAX) throw tooLong(file);
  return text;
}

function tooLong(what: string): CodedError {
  return new CodedError(
    'invalid_private_key',
    `${what} is longer than ${IMPORT_BYTES_MAX} bytes: a private key is 64 hex digits`,
  );
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
  print(context, 'The signer uses the key after its next start.');
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
