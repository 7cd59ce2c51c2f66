import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { DEFAULT_CREDENTIALS, DEFAULT_REGION, startLocalAws } from '@naru/local-aws/local-aws.ts';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KeysDefaults, registerKeysCommand } from './keys.ts';

const KNOWN_KEY = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'; // Anvil's first, public
const KNOWN_ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

async function place() {
  const root = await mkdtemp(path.join(tmpdir(), 'naru-cli-keys-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return { root, keystoreDir: path.join(root, 'keys'), masterKey: path.join(root, 'master.key') };
}

/** Runs `naru keys …`; both outputs together, and the exit code. */
async function naruKeys(
  defaults: KeysDefaults,
  args: string[],
  input = '',
): Promise<{ text: string; code: number }> {
  let text = '';
  const output = new PassThrough();
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const program = new Command('naru').exitOverride().configureOutput({
    writeErr: (chunk) => {
      text += chunk;
    },
  });
  registerKeysCommand(program, defaults, { input: Readable.from([Buffer.from(input)]), output });
  for (const child of program.commands) {
    child.exitOverride().copyInheritedSettings(program);
    for (const grandchild of child.commands) grandchild.copyInheritedSettings(program);
  }
  const code = await program.parseAsync(['node', 'naru', 'keys', ...args]).then(
    () => 0,
    (error: { exitCode?: number }) => error.exitCode ?? -1,
  );
  return { text, code };
}

describe('naru keys', () => {
  it('creates a key and, for the first one, the master key, and says what to do next', async () => {
    const at = await place();
    const first = await naruKeys(at, ['create', '--label', 'hot 1']);
    expect(first).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^Created 0x[0-9a-fA-F]{40} \(hot 1\)/),
    });
    expect(first.text).toContain(`Made the master key file ${at.masterKey}. Back it up`);
    const second = await naruKeys(at, ['create']);
    expect(second.text).not.toContain('Made the master key');
    const listed = await naruKeys(at, ['list']);
    expect(listed.text.split('\n')[0]).toMatch(/^ADDRESS +CREATED \(UTC\) +MASTER KEY +LABEL$/);
    expect(listed.text).toContain('hot 1');
    expect(listed.text.trimEnd().split('\n')).toHaveLength(3);
  });

  it('imports from standard input or a file, and never prints the key', async () => {
    const at = await place();
    const piped = await naruKeys(at, ['import', '--stdin', '--label', 'dev'], `0x${KNOWN_KEY}\n`);
    expect(piped).toMatchObject({
      code: 0,
      text: expect.stringContaining(`Imported ${KNOWN_ADDRESS} (dev)`),
    });
    const file = path.join(at.root, 'key.txt');
    await writeFile(file, KNOWN_KEY);
    const again = await naruKeys(at, ['import', '--file', file]);
    expect(again).toMatchObject({ code: 1, text: expect.stringContaining('exists already') });
    const other = await place();
    const fromFile = await naruKeys(other, ['import', '--file', file]);
    expect(fromFile.text).toContain(`The private key still stands in ${file}`);
    const listed = await naruKeys(at, ['list', '--json']);
    for (const { text } of [piped, again, fromFile, listed])
      expect(text.toLowerCase()).not.toContain(KNOWN_KEY);
  });

  it.each([
    [['import'], 'say where the private key comes from'],
    [['import', '--stdin', '--file', 'x'], 'say where the private key comes from'],
    [['import', '--file', '/nowhere/key'], '/nowhere/key does not exist'],
    [['import', '--stdin'], 'this is not a private key'],
    [['import', KNOWN_KEY], 'too many arguments'],
  ])('refuses %j with one line and a code that is not 0', async (args, message) => {
    const result = await naruKeys(await place(), args, 'no key');
    expect(result.code).toBe(1);
    expect(result.text).toContain(message);
    expect(result.text).not.toContain('    at ');
  });

  it('prints JSON for machines', async () => {
    const at = await place();
    const created = JSON.parse((await naruKeys(at, ['create', '--json', '--label', 'a'])).text);
    expect(created).toEqual({
      address: expect.stringMatching(/^0x/),
      label: 'a',
      createdAt: expect.any(String),
      masterKeyIds: [expect.stringMatching(/^local:/)],
      masterKeyFileCreated: true,
    });
    const { masterKeyFileCreated: _, ...key } = created;
    expect(JSON.parse((await naruKeys(at, ['list', '--json'])).text)).toEqual({ keys: [key] });
  });

  it('changes the master key, makes the new file, and does not touch the old one', async () => {
    const at = await place();
    await naruKeys(at, ['create']);
    const oldMaster = await readFile(at.masterKey, 'utf8');
    const next = path.join(at.root, 'next.key');
    const rotated = await naruKeys(at, ['rotate-master', '--new', next]);
    expect(rotated).toMatchObject({
      code: 0,
      text: expect.stringContaining('1 of 1 keys were put under master key'),
    });
    expect(rotated.text).toContain(`NARU_MASTER_KEY_FILE=${next}`);
    expect(await readFile(at.masterKey, 'utf8')).toBe(oldMaster);
    const wrong = await naruKeys(at, ['create']);
    expect(wrong).toMatchObject({
      code: 1,
      text: expect.stringContaining('give the right one by --master'),
    });
    expect((await naruKeys(at, ['create', '--master', next])).code).toBe(0);
    expect(await readdir(at.keystoreDir)).toHaveLength(2);
    const same = await naruKeys({ ...at, masterKey: next }, ['rotate-master', '--new', next]);
    expect(same).toMatchObject({ code: 1, text: expect.stringContaining('name another one') });
  });

  it('does not make a second master key for a keystore that has keys', async () => {
    const at = await place();
    await naruKeys(at, ['create']);
    const mistyped = path.join(at.root, 'mistyped.key');
    const result = await naruKeys(at, ['create', '--master', mistyped]);
    expect(result).toMatchObject({ code: 1, text: expect.stringContaining(`${mistyped} does not exist`) });
    expect(await readdir(at.root)).not.toContain('mistyped.key');
  });

  it('asks for the places when there are no defaults', async () => {
    const result = await naruKeys({}, ['list']);
    expect(result).toMatchObject({ code: 1, text: expect.stringContaining('--keystore <dir>') });
  });

  it('moves keys to a master key in AWS and back, makes keys in KMS, and lists them', async () => {
    const aws = await startLocalAws();
    onTestFinished(() => aws.stop());
    const environment: Record<string, string> = {
      NARU_KEY_AWS_REGION: DEFAULT_REGION,
      NARU_KEY_AWS_ACCESS_KEY_ID: DEFAULT_CREDENTIALS.accessKeyId,
      NARU_KEY_AWS_SECRET_ACCESS_KEY: DEFAULT_CREDENTIALS.secretAccessKey,
      NARU_KMS_ENDPOINT: aws.url,
      NARU_SECRETS_ENDPOINT: aws.url,
    };
    const at = { ...(await place()), environment };
    await naruKeys(at, ['create']);
    aws.administer('CreateSecret', { Name: 'master', SecretString: randomBytes(32).toString('base64') });
    const moved = await naruKeys(at, ['rotate-master', '--new', 'secret:master']);
    expect(moved).toMatchObject({ code: 0, text: expect.stringContaining('NARU_MASTER_KEY_SECRET=master') });
    const { KeyMetadata } = aws.administer('CreateKey', {}) as { KeyMetadata: { Arn: string } };
    const again = await naruKeys(at, [
      'rotate-master',
      '--master',
      'secret:master',
      '--new',
      `kms:${KeyMetadata.Arn}`,
    ]);
    expect(again.text).toContain(`under master key kms:${KeyMetadata.Arn}`);
    expect((await naruKeys(at, ['create', '--master', `kms:${KeyMetadata.Arn}`])).code).toBe(0);

    const generated = JSON.parse(
      (await naruKeys(at, ['generate', 'kms', '--alias', 'alias/hot', '--json'])).text,
    );
    environment['NARU_KMS_KEYS'] = 'alias/hot';
    const listed = await naruKeys(at, ['list']);
    expect(listed.text).toMatch(new RegExp(`${generated.address} +kms`));
    expect(listed.text).toContain(`kms:${KeyMetadata.Arn}`);
    aws.administer('DisableKey', { KeyId: 'alias/hot' });
    expect(JSON.parse((await naruKeys(at, ['list', '--json'])).text)).toMatchObject({
      problems: [expect.stringContaining('Disabled')],
    });
    for (const [args, message] of [
      [['generate', 'moon'], 'a key can be made in kms or pkcs11'],
      [['generate', 'pkcs11'], 'set NARU_PKCS11_LIBRARY'],
      [['create', '--master', 'kms:alias/none'], 'does not exist in this account and region'],
    ] as const)
      expect(await naruKeys(at, [...args])).toMatchObject({
        code: 1,
        text: expect.stringContaining(message),
      });
  });
});
