import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAnvil, type LocalAnvilOptions, startAnvil } from './anvil.ts';
import { dumpFileOf, promoteSettledDump, recoverDump } from './anvil-state.ts';
import { startLocalPostgres } from './postgres.ts';
import { identifyProcess } from './process-identity.ts';
import { killScript, runScript } from './testing/run-script.ts';

const TEST_TIMEOUT_MS = 120_000; // several starts on a machine that is busy with other things
/** Creation code of a contract that answers each call with one empty log: PUSH0 PUSH0 LOG0, wrapped to be returned. */
const LOGGING_CONTRACT = '0x625f5fa05f526003601df3';
let dir: string;
const started: LocalAnvil[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-anvil-'));
});
afterEach(async () => {
  for (const anvil of started.splice(0)) await anvil.kill();
  await rm(dir, { recursive: true, force: true });
});

async function start(options: Partial<LocalAnvilOptions> = {}): Promise<LocalAnvil> {
  const anvil = await startAnvil({ logFile: path.join(dir, 'anvil.log'), ...options });
  started.push(anvil);
  return anvil;
}

async function call<T>(url: string, method: string, ...params: unknown[]): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = (await response.json()) as { result: T; error?: { message: string } };
  if (answer.error !== undefined) throw new Error(answer.error.message);
  return answer.result;
}

/** Sends from the first account to the second, or as `transaction` says, and waits until it is mined. */
async function send(url: string, transaction: Record<string, string | null> = {}): Promise<string> {
  const [from, to] = await call<string[]>(url, 'eth_accounts');
  const hash = await call<string>(url, 'eth_sendTransaction', { from, to, value: '0x1', ...transaction });
  await expect.poll(() => call(url, 'eth_getTransactionReceipt', hash), { timeout: 10_000 }).not.toBeNull();
  return hash;
}

const stateFile = () => path.join(dir, 'chain.json');

describe('startAnvil', { timeout: TEST_TIMEOUT_MS }, () => {
  test('answers with the chain id, accounts and gas limit asked for', async () => {
    const anvil = await start({ chainId: 137, accounts: 3, blockGasLimit: 12_345_678n });
    expect(await call(anvil.url, 'eth_chainId')).toBe('0x89');
    expect(await call(anvil.url, 'eth_accounts')).toHaveLength(3);
    const block = await call<{ gasLimit: string }>(anvil.url, 'eth_getBlockByNumber', 'latest', false);
    expect(BigInt(block.gasLimit)).toBe(12_345_678n);
    expect(await readFile(`/proc/${anvil.pid}/comm`, 'utf8')).toBe('anvil\n');
    await anvil.stop();
    expect(await anvil.exited).toEqual({ code: 0, signal: null });
  });

  test('blocks, receipts, logs, balances and the nonces of old blocks survive a restart', async () => {
    const first = await start({ stateFile: stateFile() });
    const deployment = await send(first.url, {
      data: LOGGING_CONTRACT,
      value: '0x0',
      to: null,
    });
    const { contractAddress } = await call<{ contractAddress: string }>(
      first.url,
      'eth_getTransactionReceipt',
      deployment,
    );
    const hash = await send(first.url, { to: contractAddress, value: '0x0' });
    await send(first.url);
    const read = async (url: string) => {
      const [sender, recipient] = await call<string[]>(url, 'eth_accounts');
      return {
        receipt: await call(url, 'eth_getTransactionReceipt', hash),
        logs: await call<unknown[]>(url, 'eth_getLogs', { fromBlock: '0x0', address: contractAddress }),
        block: await call(url, 'eth_getBlockByNumber', '0x2', true),
        balance: await call(url, 'eth_getBalance', recipient, 'latest'),
        nonce: await call(url, 'eth_getTransactionCount', sender, 'latest'),
        oldNonce: await call(url, 'eth_getTransactionCount', sender, '0x1'),
      };
    };
    const before = await read(first.url);
    expect(before.logs).toHaveLength(1);
    expect(before.oldNonce).toBe('0x1');
    await first.stop();

    const second = await start({ stateFile: stateFile() });
    expect(await read(second.url)).toEqual(before);
    await send(second.url);
    expect(await call(second.url, 'eth_blockNumber')).toBe('0x4');
  });

  test('a crash loses what came after the last save, and no more', async () => {
    const first = await start({ stateFile: stateFile() });
    await send(first.url);
    await first.stop();
    const second = await start({ stateFile: stateFile() });
    await send(second.url);
    await second.kill();
    const third = await start({ stateFile: stateFile() });
    expect(await call(third.url, 'eth_blockNumber')).toBe('0x1');
  });

  test('with an interval, the state is saved while the chain runs', async () => {
    const first = await start({ stateFile: stateFile(), stateIntervalSeconds: 5 });
    await send(first.url);
    await expect
      .poll(async () => (await readFile(stateFile(), 'utf8').catch(() => '')).length, { timeout: 30_000 })
      .toBeGreaterThan(0);
    await first.kill();
    const second = await start({ stateFile: stateFile() });
    expect(await call(second.url, 'eth_blockNumber')).toBe('0x1');
  });

  test('refuses a state file that is in use', async () => {
    await start({ stateFile: stateFile() });
    await expect(start({ stateFile: stateFile() })).rejects.toThrow(`is in use by process ${process.pid}`);
  });

  test('a taken port is refused by name, and a state that cannot be read shows the log', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toThrow(`port ${port} of 127.0.0.1, meant for Anvil, is in use`);
    await writeFile(stateFile(), '{"half":');
    await expect(start({ stateFile: stateFile() })).rejects.toThrow(
      /Anvil ended with exit code 2[\s\S]*failed to parse/,
    );
  });

  test('the Anvil that a killed run left is stopped with its state saved', async () => {
    const { child, firstLine } = await runScript('hold-servers.ts', [dir]);
    const left: { postgres: number; anvil: number; rpcUrl: string } = JSON.parse(firstLine);
    await send(left.rpcUrl);
    await killScript(child);
    const anvil = await start({ stateFile: stateFile() });
    expect(await call(anvil.url, 'eth_blockNumber')).toBe('0x1');
    expect(identifyProcess(left.anvil)).toBeNull();
    const postgres = await startLocalPostgres({
      dataDir: path.join(dir, 'postgres'),
      password: 'naru',
      database: 'naru',
      tuning: 'test',
      logFile: path.join(dir, 'postgres.log'),
    });
    await postgres.destroy();
  });
});

describe('state dumps', () => {
  test('half of a dump is set aside, a whole one is taken over', async () => {
    await writeFile(stateFile(), '{"state":"old"}');
    await writeFile(dumpFileOf(stateFile()), '{"state":{"new":1}');
    const notices: string[] = [];
    await recoverDump(stateFile(), (text) => notices.push(text));
    expect(notices).toHaveLength(1);
    expect(await readFile(stateFile(), 'utf8')).toBe('{"state":"old"}');
    await writeFile(dumpFileOf(stateFile()), '{"state":"new"}');
    await recoverDump(stateFile(), (text) => notices.push(text));
    expect(notices).toHaveLength(1);
    expect(await readFile(stateFile(), 'utf8')).toBe('{"state":"new"}');
  });

  test('a dump that was just written to is left alone while Anvil runs', async () => {
    await writeFile(dumpFileOf(stateFile()), '{"state":"new"}');
    expect(await promoteSettledDump(stateFile(), Date.now())).toBe(false);
    expect(await promoteSettledDump(stateFile(), Date.now() + 60_000)).toBe(true);
  });
});
