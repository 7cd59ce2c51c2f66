import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createKey } from '@naru/keystore/add-key.ts';
import { createLocalMasterKey, loadLocalMasterKey } from '@naru/keystore/master-key.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createLogger } from '@naru/kit/logger.ts';
import { secret } from '@naru/kit/secret.ts';
import { createSignerClient } from '@naru/signer-protocol/client.ts';
import type { PayoutIntent, SignRequest, SignResult } from '@naru/signer-protocol/schema.ts';
import type { Address } from 'viem';
import { onTestFinished } from 'vitest';
import type { SignerConfig } from '../src/config.ts';
import { startSigner } from '../src/run.ts';

/** A signer of its own for one test: real keystore, policy and journal in a temporary directory, real HTTP. */

export const CHAIN_ID = 31337;
export const CONTRACT: Address = `0x${'c0'.repeat(20)}`;
export const FACTORY = `0x${'fa'.repeat(20)}` as const;
export const TOKEN: Address = `0x${'70'.repeat(20)}`;
export const STRANGER: Address = `0x${'5e'.repeat(20)}`;
export const TOKEN_TEXT = 'a-shared-token-for-tests-of-enough-length';

/** A limit of 100 an item, 1,000 a transaction and 2,500 a day, for the token and for the native coin. */
export const POLICY = {
  version: 1,
  chains: {
    [CHAIN_ID]: {
      payoutContracts: [CONTRACT],
      depositFactories: [FACTORY],
      tokens: [
        { token: TOKEN, perItemMax: '100', perTransactionMax: '1000', perDayMax: '2500' },
        { token: null, perItemMax: '100', perTransactionMax: '1000', perDayMax: '2500' },
      ],
      gasPerTransactionMax: '30000000',
      feePerGasWeiMax: '100000000000',
    },
  },
};

/** The same and more, for every rule of version 2. The hour holds 1,500 and 25 recipients, the account 1,200 an hour. */
export const POLICY_2 = {
  version: 2,
  otherAccounts: 'PAYOUT',
  accounts: [] as unknown[],
  ownAddresses: [] as Address[],
  chains: {
    [CHAIN_ID]: {
      payoutContracts: [CONTRACT],
      functions: ['pay', 'approve', 'cancel'],
      tokens: [TOKEN, null].map((token) => ({
        token,
        perItemMax: '100',
        perTransactionMax: '1000',
        perHourMax: '1500',
        perDayMax: '2500',
        itemsPerHourMax: 25,
        perAccount: null as unknown,
      })),
      gasPerTransactionMax: '30000000',
      feePerGasWeiMax: '100000000000',
      // Ten of the transactions that these tests send: 1,000,000 gas at 20 gwei.
      gasMoney: { perHourWeiMax: '200000000000000000', perDayWeiMax: '300000000000000000' },
    },
  },
};

export type Fixture = {
  root: string;
  from: Address;
  keystoreDir: string;
  masterKeyFile: string;
  config: SignerConfig;
  env: NodeJS.ProcessEnv;
};

export async function createFixture(policy: unknown = POLICY): Promise<Fixture> {
  const root = await mkdtemp(path.join(tmpdir(), 'naru-signer-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [keystoreDir, masterKeyFile] = [path.join(root, 'keys'), path.join(root, 'master.key')];
  const config: SignerConfig = {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'info',
    keystore: { dir: keystoreDir, masterKey: { kind: 'file', file: masterKeyFile } },
    kms: null,
    pkcs11: null,
    aws: null,
    token: secret(TOKEN_TEXT),
    policyFile: path.join(root, 'policy.json'),
    journalFile: path.join(root, 'journal', 'signed.log'),
  };
  const masterKey = await createLocalMasterKey(masterKeyFile);
  const { address } = await createKey(
    { directory: keystoreDir, masterKey, clock: systemClock },
    { label: 'hot' },
  );
  await writePolicy(config, policy);
  const env = {
    PATH: process.env['PATH'],
    NARU_PORT: '0',
    NARU_KEYSTORE_DIR: keystoreDir,
    NARU_MASTER_KEY_FILE: masterKeyFile,
    NARU_SIGNER_TOKEN: TOKEN_TEXT,
    NARU_SIGNER_POLICY_FILE: config.policyFile,
    NARU_SIGNER_JOURNAL_FILE: config.journalFile,
  };
  return { root, from: address, keystoreDir, masterKeyFile, config, env };
}

export async function writePolicy(
  { policyFile }: Pick<SignerConfig, 'policyFile'>,
  policy: unknown,
): Promise<void> {
  await writeFile(policyFile, JSON.stringify(policy), { mode: 0o600 });
}

/** Another key for the same signer; it knows it after it has looked again. */
export async function addKey({ keystoreDir, masterKeyFile }: Fixture, label: string): Promise<Address> {
  const masterKey = await loadLocalMasterKey(masterKeyFile);
  const { address } = await createKey({ directory: keystoreDir, masterKey, clock: systemClock }, { label });
  return address;
}

/** Starts a signer in this process; the clock can be set. */
export async function startInProcess(fixture: Fixture) {
  const lines: string[] = [];
  const time = { offsetMs: 0 };
  const clock = { ...systemClock, now: () => new Date(Date.now() + time.offsetMs) };
  const log = createLogger({ role: 'signer' }, { write: (line: string) => void lines.push(line) });
  const signer = await startSigner({ log, clock }, fixture.config);
  let closed = false;
  const close = async () => {
    if (!closed) await signer.close();
    closed = true;
  };
  onTestFinished(close);
  const url = `http://127.0.0.1:${signer.port}`;
  return {
    url,
    close,
    lines,
    time,
    client: clientFor(url, clock),
    failed: signer.failed,
    reload: signer.reload,
  };
}

/** Starts a signer as the program it is. */
export async function spawnSigner(fixture: Fixture) {
  const main = path.join(import.meta.dirname, '../src/main.ts');
  const child = spawn(process.execPath, [main], { env: fixture.env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => void output.push(chunk.toString()));
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      const entry: { msg?: string; port?: number } = JSON.parse(line);
      if (entry.msg === 'listening' && entry.port !== undefined) resolve(entry.port);
    });
    child.once('exit', (code) => reject(new Error(`the signer ended with ${code}: ${output.join('\n')}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  return { url, child, output, client: clientFor(url), ended: () => endOf(child) };
}

export async function endOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

function clientFor(url: string, clock = systemClock) {
  const client = createSignerClient({ url, token: secret(TOKEN_TEXT), timeoutMs: 20_000, clock });
  return {
    ...client,
    async signOne(request: SignRequest): Promise<SignResult> {
      const [result] = await client.sign([request]);
      if (result === undefined) throw new Error('no result');
      return result;
    },
  };
}

export function payout(overrides: Partial<PayoutIntent> = {}): PayoutIntent {
  return {
    kind: 'payout',
    contract: CONTRACT,
    batchId: newUuid(),
    token: TOKEN,
    gasPerItem: 100_000n,
    items: [item(60n), item(40n)],
    ...overrides,
  };
}

export function item(amount: bigint): PayoutIntent['items'][number] {
  return { id: newUuid(), to: `0x${'a1'.repeat(20)}`, amount };
}

export function requestOf(
  fixture: Pick<Fixture, 'from'>,
  nonce: number,
  overrides: Partial<SignRequest> = {},
): SignRequest {
  return {
    requestId: newUuid(),
    chainId: CHAIN_ID,
    from: fixture.from,
    nonce,
    gas: 1_000_000n,
    fees: { kind: 'eip1559', maxFeePerGasWei: 20_000_000_000n, maxPriorityFeePerGasWei: 1_000_000_000n },
    intent: payout(),
    ...overrides,
  };
}

/** A real node on a free port. */
export async function startAnvil(): Promise<string> {
  const bin = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')),
    'bin.mjs',
  );
  const child = spawn(process.execPath, [bin, '--port', '0', '--chain-id', String(CHAIN_ID)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    child.kill('SIGTERM'); // the launcher passes it on to the node
    await endOf(child);
  });
  return await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const address = /^Listening on (\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(`http://${address}`);
    });
    child.once('exit', (code) => reject(new Error(`anvil ended with ${code}`)));
  });
}
