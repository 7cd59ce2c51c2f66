import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { POLICY, TOKEN, TOKEN_TEXT } from '../test/signer-fixture.ts';
import { loadConfig } from './config.ts';
import { loadPolicy, parsePolicy } from './policy.ts';

const env = {
  NARU_KEYSTORE_DIR: '/keys',
  NARU_MASTER_KEY_FILE: '/master.key',
  NARU_SIGNER_TOKEN: TOKEN_TEXT,
  NARU_SIGNER_POLICY_FILE: '/policy.json',
  NARU_SIGNER_JOURNAL_FILE: '/signed.log',
};

async function fileWith(text: string, mode: number): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'naru-config-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const file = path.join(root, 'file');
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

describe('configuration', () => {
  it('has defaults for what is harmless only, is frozen, and does not print its token', async () => {
    const config = await loadConfig(env);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 3002, logLevel: 'info' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(`${inspect(config)}${JSON.stringify(config)}`).not.toContain(TOKEN_TEXT);
    expect(config.token.reveal()).toBe(TOKEN_TEXT);
  });

  it('takes the token from a file that only its owner can read', async () => {
    const { NARU_SIGNER_TOKEN: token, ...rest } = env;
    const file = await fileWith(`${token}\n`, 0o600);
    expect((await loadConfig({ ...rest, NARU_SIGNER_TOKEN_FILE: file })).token.reveal()).toBe(token);
    await chmod(file, 0o640);
    await expect(loadConfig({ ...rest, NARU_SIGNER_TOKEN_FILE: file })).rejects.toThrow(`chmod 600 ${file}`);
    await expect(loadConfig({ ...env, NARU_SIGNER_TOKEN_FILE: file })).rejects.toThrow('set exactly one');
    await expect(loadConfig(rest)).rejects.toThrow('set exactly one');
  });

  it.each([
    [{ NARU_PORT: '65536' }, 'NARU_PORT is not a port'],
    [{ NARU_PORT: '' }, 'NARU_PORT is not a port'],
    [{ NARU_LOG_LEVEL: 'loud' }, 'NARU_LOG_LEVEL is not a level'],
    [{ NARU_KEYSTORE_DIR: '' }, 'NARU_KEYSTORE_DIR is not set'],
    [{ NARU_SIGNER_TOKEN: 'x'.repeat(31) }, 'NARU_SIGNER_TOKEN is shorter than 32 bytes'],
  ])('refuses %j', async (change, message) => {
    await expect(loadConfig({ ...env, ...change })).rejects.toThrow(message);
  });
});

describe('policy file', () => {
  const chain = POLICY.chains[31337];
  const withChain = (change: object) =>
    JSON.stringify({ version: 1, chains: { 31337: { ...chain, ...change } } });
  const limits = { token: TOKEN, perItemMax: '1', perTransactionMax: '2', perDayMax: '3' };

  it('is read with its limits as bigint and its addresses in lower case', () => {
    const policy = parsePolicy(
      withChain({ tokens: [{ ...limits, token: TOKEN.toUpperCase().replace('0X', '0x') }] }),
      'p',
    );
    expect(policy.chains.get(31337)?.tokens.get(TOKEN)).toMatchObject({ perItemMax: 1n, perDayMax: 3n });
  });

  it.each([
    [
      'a limit that is a number',
      withChain({ gasPerTransactionMax: 1 }),
      '/chains/31337/gasPerTransactionMax',
    ],
    ['a missing limit', withChain({ feePerGasWeiMax: undefined }), '/chains/31337/feePerGasWeiMax'],
    ['a misspelt field', withChain({ payoutContract: [] }), 'payoutContract'],
    [
      'limits in the wrong order',
      withChain({ tokens: [{ ...limits, perItemMax: '9' }] }),
      '/chains/31337/tokens/0',
    ],
    ['a token named twice', withChain({ tokens: [limits, limits] }), 'a token occurs twice'],
    ['another version', JSON.stringify({ version: 3, chains: {} }), '/version'],
    ['a chain by name', JSON.stringify({ version: 1, chains: { localhost: chain } }), '/chains/localhost'],
    ['no JSON', '{', 'is not JSON'],
  ])('is refused with %s', (_name, text, message) => {
    expect(() => parsePolicy(text, 'p')).toThrow(message);
  });

  it('may be changed by its owner only', async () => {
    const file = await fileWith(JSON.stringify(POLICY), 0o664);
    await expect(loadPolicy(file)).rejects.toThrow(`chmod go-w ${file}`);
    await chmod(file, 0o644);
    expect((await loadPolicy(file)).chains.size).toBe(1);
    await expect(loadPolicy('/nowhere/policy.json')).rejects.toThrow('NARU_SIGNER_POLICY_FILE');
  });
});
