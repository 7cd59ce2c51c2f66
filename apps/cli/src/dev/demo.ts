import { readFile } from 'node:fs/promises';
import type { Devnet } from '@naru/devnet/devnet.ts';
import { sleep } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { formatAmount, parseAmount } from '@naru/kit/money.ts';
import type { Naru } from '@naru/sdk/create-naru.ts';
import { erc20Abi } from 'viem';
import type { DevState } from './dev-home.ts';
import type { Terminal } from './terminal.ts';

type Asset = { code: string; address: Hex | null; decimals: number };
type Row = { asset: Asset; to: Hex; units: bigint };

const POLL_MS = 250;
/** The sample takes seconds; longer than this means that something is wrong, and the text says where to look. */
const TIME_LIMIT_MS = 180_000;
const OPEN_STATES_IN_ORDER = [
  'PENDING',
  'VALIDATING',
  'SIGNING',
  'SIGNED',
  'BROADCASTING',
  'BROADCASTED',
  'CONFIRMING',
];

export type DemoDeps = {
  naru: Naru;
  devnet: Devnet;
  terminal: Terminal;
  file: string;
  /** Keeps what a second start needs to go on where this one was interrupted. */
  save: (demo: NonNullable<DevState['demo']>) => Promise<void>;
};

/**
 * Submits the sample file (or finds it submitted: the key is fixed), shows its progress until every row is CONFIRMED,
 * and compares the recipients' balances on the chain with the file, to the last unit.
 */
export async function runDemo(deps: DemoDeps, earlier: DevState['demo']): Promise<boolean> {
  const { naru, terminal } = deps;
  const csv = await readFile(deps.file, 'utf8');
  const assets = (await naru.assets.list()).filter((asset) => asset.chain === 'localhost');
  const rows = parseRows(
    csv,
    assets.map((asset) => ({
      code: asset.asset,
      address: asset.address as Hex | null,
      decimals: asset.decimals,
    })),
  );
  const demo = earlier ?? {
    bulkId: null,
    balancesBefore: await readBalances(deps.devnet, rows),
    done: false,
  };
  await deps.save(demo);

  const startedMs = performance.now();
  const bulk = await naru.bulk.create(csv, { idempotencyKey: 'naru-sample-payouts-v1' });
  await deps.save({ ...demo, bulkId: bulk.id });
  terminal.heading(`\nPaying ${bulk.total} sample withdrawals (examples/payouts.csv)`);
  const confirmed = await showProgress(deps, bulk.id, startedMs);
  const seconds = (performance.now() - startedMs) / 1_000;
  const matches = await compareWithChain(deps, rows, demo.balancesBefore);
  const { gas, transactions } = await readGas(deps, bulk.id);
  printSummary(deps, {
    bulkId: bulk.id,
    total: bulk.total,
    confirmed,
    rows,
    matches,
    gas,
    transactions,
    seconds,
    resumed: earlier !== null,
  });
  const done = confirmed === bulk.total && matches.wrong.length === 0;
  await deps.save({ ...demo, bulkId: bulk.id, done });
  return done;
}

/** The file is ours and checked by the API as well; a malformed line is a mistake worth stopping for. */
function parseRows(csv: string, assets: readonly Asset[]): Row[] {
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line, index) => {
      const [, code, to, amount] = line.split(',');
      const asset = assets.find((one) => one.code === code);
      const parsed = asset === undefined ? null : parseAmount(amount ?? '', asset.decimals);
      if (asset === undefined || parsed === null || !parsed.ok || to === undefined)
        throw new Error(`examples/payouts.csv, row ${index + 1}: ${line}`);
      return { asset, to: to as Hex, units: parsed.units };
    });
}

async function showProgress(deps: DemoDeps, bulkId: string, startedMs: number): Promise<number> {
  for (;;) {
    const { counts, total } = await deps.naru.bulk.get(bulkId);
    const count = (state: string) => (counts as Record<string, number | undefined>)[state] ?? 0;
    const confirmed = count('CONFIRMED');
    const ended = confirmed + count('FAILED') + count('CANCELED');
    const elapsed = (performance.now() - startedMs) / 1_000;
    const open = OPEN_STATES_IN_ORDER.filter((state) => count(state) > 0).map(
      (state) => `${count(state)} ${state.toLowerCase()}`,
    );
    const width = 30;
    const filled = Math.round((confirmed / total) * width);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
    deps.terminal.live(
      `  ${bar} ${confirmed}/${total} confirmed${open.length > 0 ? ` · ${open.join(', ')}` : ''}`,
    );
    if (ended === total) {
      deps.terminal.settle();
      return confirmed;
    }
    if (elapsed * 1_000 > TIME_LIMIT_MS) {
      deps.terminal.settle();
      deps.terminal.warn(
        `the sample is not done after ${TIME_LIMIT_MS / 1_000} s; it goes on. See .naru/logs/ and: npx naru inspect <id>`,
      );
      return confirmed;
    }
    await sleep(POLL_MS);
  }
}

function keyOf(row: Row): string {
  return `${row.asset.code}/${row.to.toLowerCase()}`;
}

async function readBalance(devnet: Devnet, asset: Asset, account: Hex): Promise<bigint> {
  return asset.address === null
    ? await devnet.client.getBalance({ address: account })
    : await devnet.client.readContract({
        address: asset.address,
        abi: erc20Abi,
        functionName: 'balanceOf',
        args: [account],
      });
}

async function readBalances(devnet: Devnet, rows: readonly Row[]): Promise<Record<string, string>> {
  const distinct = new Map(rows.map((row) => [keyOf(row), row]));
  const entries = await Promise.all(
    [...distinct].map(
      async ([key, row]) => [key, String(await readBalance(devnet, row.asset, row.to))] as const,
    ),
  );
  return Object.fromEntries(entries);
}

type Match = { recipients: number; wrong: { key: string; expected: bigint; found: bigint }[] };

async function compareWithChain(
  deps: DemoDeps,
  rows: readonly Row[],
  before: Record<string, string>,
): Promise<Match> {
  const expected = new Map<string, bigint>();
  for (const row of rows)
    expected.set(keyOf(row), (expected.get(keyOf(row)) ?? BigInt(before[keyOf(row)] ?? '0')) + row.units);
  const now = await readBalances(deps.devnet, rows);
  const wrong = [...expected].flatMap(([key, sum]) => {
    const found = BigInt(now[key] ?? '0');
    return found === sum ? [] : [{ key, expected: sum, found }];
  });
  return { recipients: expected.size, wrong };
}

/** Gas and number of the transactions that paid the file, from the chain's receipts. */
async function readGas(deps: DemoDeps, bulkId: string): Promise<{ gas: bigint; transactions: number }> {
  const hashes = new Set<Hex>();
  for await (const withdrawal of deps.naru.withdrawals.list({ bulkId }))
    if (withdrawal.transaction?.hash != null) hashes.add(withdrawal.transaction.hash as Hex);
  let gas = 0n;
  for (const hash of hashes) gas += (await deps.devnet.client.getTransactionReceipt({ hash })).gasUsed;
  return { gas, transactions: hashes.size };
}

function printSummary(
  deps: DemoDeps,
  demo: {
    bulkId: string;
    total: number;
    confirmed: number;
    rows: readonly Row[];
    matches: Match;
    gas: bigint;
    transactions: number;
    seconds: number;
    resumed: boolean;
  },
): void {
  const { terminal } = deps;
  const totals = new Map<string, { units: bigint; decimals: number }>();
  for (const { asset, units } of demo.rows)
    totals.set(asset.code, {
      units: (totals.get(asset.code)?.units ?? 0n) + units,
      decimals: asset.decimals,
    });
  const sums = [...totals]
    .map(([code, { units, decimals }]) => `${formatAmount(units, decimals)} ${code}`)
    .join(' + ');
  const time = demo.resumed ? '' : ` in ${demo.seconds.toFixed(1)} s`;
  terminal.line();
  terminal.step(`${demo.confirmed} of ${demo.total} withdrawals confirmed${time}: ${sums}`);
  terminal.step(
    `${demo.transactions} transactions, ${demo.gas.toLocaleString('en-US')} gas: ${(demo.gas / BigInt(demo.total)).toLocaleString('en-US')} a payout`,
  );
  if (demo.matches.wrong.length === 0)
    terminal.step(
      `${demo.matches.recipients} recipients' balances on the chain equal the file, to the last unit`,
    );
  for (const { key, expected, found } of demo.matches.wrong)
    terminal.warn(`${key}: the chain has ${found}, the file says ${expected} (smallest units)`);
  terminal.note(`bulk id ${demo.bulkId}`);
}
