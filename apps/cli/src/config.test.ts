import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from './config.ts';

const stack = {
  apiUrl: 'http://127.0.0.1:3000',
  apiKey: 'nk_test_local',
  rpcUrl: 'http://127.0.0.1:8545',
  chainId: 31337,
  databaseUrl: 'postgres://naru@127.0.0.1:5433/naru',
};

async function directoryWith(devJson: string | null): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'naru-config-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(path.join(directory, '.naru'));
  if (devJson !== null) await writeFile(path.join(directory, '.naru', 'dev.json'), devJson);
  return directory;
}

describe('readConfig', () => {
  it('takes the local stack when the environment names no place', async () => {
    const cwd = await directoryWith(JSON.stringify(stack));
    const config = readConfig({ HOME: '/root', NARU_RPC_TIMEOUT_MS: '5000' }, cwd, await directoryWith(null));
    expect(config.localStackFile).toBe(path.join(cwd, '.naru', 'dev.json'));
    expect(config.databaseUrl?.reveal()).toBe(stack.databaseUrl);
    expect(config.environment).toMatchObject({ NARU_RPC_LOCALHOST: stack.rpcUrl });
    expect(config).toMatchObject({ apiUrl: stack.apiUrl });
  });

  it.each(['DATABASE_URL', 'NARU_API_URL', 'NARU_API_KEY', 'NARU_RPC_POLYGON'])(
    'takes nothing from it when %s is set, so that two places never mix',
    async (name) => {
      const cwd = await directoryWith(JSON.stringify(stack));
      const config = readConfig({ [name]: 'https://production.example' }, cwd, cwd);
      expect(config.localStackFile).toBeNull();
      const values = [config.databaseUrl?.reveal(), config.apiUrl, config.apiKey?.reveal()].filter(
        (value) => value,
      );
      expect(values).toEqual(name === 'NARU_RPC_POLYGON' ? [] : ['https://production.example']);
      expect(config.environment['NARU_RPC_LOCALHOST']).toBeUndefined();
    },
  );

  it('looks in the current directory first, then in the repository', async () => {
    const root = await directoryWith(JSON.stringify({ ...stack, apiKey: 'nk_test_root' }));
    const elsewhere = await directoryWith(null);
    expect(readConfig({}, elsewhere, root).apiKey?.reveal()).toBe('nk_test_root');
    const cwd = await directoryWith(JSON.stringify(stack));
    expect(readConfig({}, cwd, root).apiKey?.reveal()).toBe('nk_test_local');
  });

  it('says what to do with a file that it cannot understand', async () => {
    const cwd = await directoryWith('{');
    expect(() => readConfig({}, cwd, cwd)).toThrow('start the local stack again');
  });
});
