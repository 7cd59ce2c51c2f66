#!/usr/bin/env node
// Measures what a payout costs, from receipts of real transactions on Anvil, and writes contracts/gas-report.md.
//
//   node contracts/tools/gas-report.mjs           measure and write
//   node contracts/tools/gas-report.mjs --check   measure and compare with the file: exit 1 when a bar is broken or a
//                                                 number differs from the file's by more than 2 %
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendTransaction, startAnvil } from './anvil.mjs';
import { CONTRACTS_DIR, forgeBuild, readArtifact } from './foundry.mjs';

const REPORT_PATH = join(CONTRACTS_DIR, 'gas-report.md');
const COMMAND = 'node contracts/tools/gas-report.mjs';
const BATCH_SIZES = [1, 10, 50, 200, 400, 600];
const SWEEP_SIZES = [1, 10, 100];
const TOLERANCE = 0.02;

/** Total gas of the transaction divided by its payouts. */
const BARS = [
  { asset: 'USDC', batchSize: 200, recipients: 'fresh', gasPerPayoutMax: 27_000 },
  { asset: 'USDC', batchSize: 200, recipients: 'used', gasPerPayoutMax: 10_000 },
];

/** Upper bounds for the transaction's gas limit. Each measured batch is sent with exactly this limit. */
const GAS_LIMIT = {
  token: { base: 90_000, perItem: 27_500, gasPerItem: 100_000 },
  native: { base: 140_000, perItem: 39_000, gasPerItem: 50_000 },
};

/** Of a sweep, its forwarders made on the way. Each measured sweep is sent with exactly this limit. */
const SWEEP_GAS_LIMIT = { base: 60_000, perAddress: 220_000 };

const ZERO_ADDRESS = `0x${'0'.repeat(40)}`;
const GREATEST_UINT256 = (1n << 256n) - 1n;
const OUTCOME_PAID = '01';

/** A 32-byte word, without 0x. */
const word = (value) => BigInt(value).toString(16).padStart(64, '0');
/** Bytes that look random and are the same in every run, hex without 0x: zero bytes would make calldata cheaper. */
const bytesOf = (label, length) =>
  createHash('sha256')
    .update(label)
    .digest('hex')
    .slice(0, length * 2);

function call(artifact, signature, ...words) {
  return `0x${artifact.methodIdentifiers[signature]}${words.join('')}`;
}

/** ABI encoding of a short string, behind its offset. */
function encodeString(text) {
  return word(text.length) + Buffer.from(text).toString('hex').padEnd(64, '0');
}

const recipientsOf = (asset, count) =>
  Array.from({ length: count }, (_, index) => `0x${bytesOf(`recipient ${asset} ${count} ${index}`, 20)}`);

/** Amounts as in real life: 10 to 99 tokens and some cents; about 0.001 to 0.01 of a native coin. */
function amountOf(asset, index) {
  return asset === 'native'
    ? 10n ** 15n + BigInt(index) * 12_345_678_901_234n
    : 10_000_000n + BigInt(index) * 141_421n;
}

function encodePay(payout, batch) {
  const items = batch.recipients
    .map((to, index) => {
      const id = bytesOf(`id ${batch.label} ${index}`, 16);
      return id + to.slice(2) + amountOf(batch.asset, index).toString(16).padStart(32, '0');
    })
    .join('');
  const head = [bytesOf(`batch ${batch.label}`, 32), word(batch.token), word(batch.gasPerItem), word(128)];
  const tail = [word(items.length / 2), items.padEnd(Math.ceil(items.length / 64) * 64, '0')];
  return call(payout, 'pay(bytes32,address,uint256,bytes)', ...head, ...tail);
}

/** Fails unless the batch's log says that every item was paid: the measurement would mean nothing. */
function assertAllPaid(receipt, payoutAddress, batch) {
  const log = receipt.logs.find(
    (candidate) => candidate.address.toLowerCase() === payoutAddress.toLowerCase(),
  );
  const outcomes = log.data.slice(2 + 128);
  batch.recipients.forEach((_, index) => {
    const outcome = outcomes.slice(index * 34 + 32, index * 34 + 34);
    if (outcome !== OUTCOME_PAID) throw new Error(`${batch.label}: item ${index} has outcome ${outcome}`);
  });
}

async function measureBatches({ rpc, payer, payout, payoutAddress, asset, token }) {
  const rows = [];
  const limit = token === ZERO_ADDRESS ? GAS_LIMIT.native : GAS_LIMIT.token;
  for (const batchSize of BATCH_SIZES) {
    const recipients = recipientsOf(asset, batchSize);
    const sum = recipients.reduce((total, _, index) => total + amountOf(asset, index), 0n);
    // The second batch pays the same addresses, which are then no longer fresh.
    for (const kind of ['fresh', 'used']) {
      const label = `${asset} ${batchSize} ${kind}`;
      const batch = { label, asset, token, recipients, gasPerItem: limit.gasPerItem };
      const gasLimit =
        limit.base + limit.perItem * batchSize + limit.gasPerItem + Math.ceil(limit.gasPerItem / 63);
      const receipt = await sendTransaction(rpc, {
        from: payer,
        to: payoutAddress,
        data: encodePay(payout, batch),
        value: `0x${(token === ZERO_ADDRESS ? sum : 0n).toString(16)}`,
        gas: `0x${gasLimit.toString(16)}`,
      });
      assertAllPaid(receipt, payoutAddress, batch);
      rows.push({ asset, batchSize, recipients: kind, gas: Number(receipt.gasUsed) });
    }
  }
  return rows;
}

async function measureSingles({ rpc, payer, artifact, asset, token }) {
  const rows = [];
  const to = `0x${bytesOf(`single ${asset}`, 20)}`;
  const amount = amountOf(asset, 0);
  for (const kind of ['fresh', 'used']) {
    const transaction =
      token === ZERO_ADDRESS
        ? { from: payer, to, value: `0x${amount.toString(16)}` }
        : {
            from: payer,
            to: token,
            data: call(artifact, 'transfer(address,uint256)', word(to), word(amount)),
          };
    const receipt = await sendTransaction(rpc, transaction);
    rows.push({ asset, batchSize: 'single transfer', recipients: kind, gas: Number(receipt.gasUsed) });
  }
  return rows;
}

/**
 * Sweeps of deposit addresses. The first makes their forwarders on the way ("fresh"), the second finds them there; "of
 * nothing" only makes them, as is done for addresses that take the native coin.
 */
async function measureSweeps({ rpc, payer, artifact, asset, token, factory, factoryAddress }) {
  const rows = [];
  const encode = (salts) =>
    call(
      factory,
      'sweep(address,bytes32[])',
      word(token),
      word(64),
      word(salts.length),
      ...salts.map((salt) => salt.padEnd(64, '0')),
    );
  for (const size of SWEEP_SIZES) {
    const salts = Array.from({ length: size }, (_, index) => bytesOf(`salt ${asset} ${size} ${index}`, 16));
    for (const kind of ['fresh', 'used']) {
      for (const [index, salt] of salts.entries()) {
        const data = call(factory, 'addressOf(bytes32)', salt.padEnd(64, '0'));
        const to = `0x${(await rpc('eth_call', { to: factoryAddress, data }, 'latest')).slice(26)}`;
        const amount = amountOf(asset, index);
        await sendTransaction(
          rpc,
          token === ZERO_ADDRESS
            ? { from: payer, to, value: `0x${amount.toString(16)}` }
            : {
                from: payer,
                to: token,
                data: call(artifact, 'transfer(address,uint256)', word(to), word(amount)),
              },
        );
      }
      const limit = SWEEP_GAS_LIMIT.base + SWEEP_GAS_LIMIT.perAddress * size;
      const receipt = await sendTransaction(rpc, {
        from: payer,
        to: factoryAddress,
        data: encode(salts),
        gas: `0x${limit.toString(16)}`,
      });
      if (receipt.logs.filter(({ topics }) => topics.length === 3).length < size)
        throw new Error(`sweep of ${size} ${asset}: ${receipt.logs.length} logs`);
      rows.push({ asset, batchSize: `sweep of ${size}`, recipients: kind, gas: Number(receipt.gasUsed) });
    }
  }
  return rows;
}

async function measure() {
  forgeBuild();
  const payout = readArtifact('BatchPayout');
  const usdc = readArtifact('TestUsdCoin');
  const usdt = readArtifact('TestTetherUsd');
  const factory = readArtifact('DepositFactory');
  const { rpc, stop } = await startAnvil();
  try {
    const [payer] = await rpc('eth_accounts');
    const deploy = async (artifact, ...words) => {
      const data = artifact.bytecode.object + words.join('');
      return (await sendTransaction(rpc, { from: payer, data })).contractAddress;
    };
    const payoutAddress = await deploy(payout);
    const factoryAddress = await deploy(factory, word(`0x${bytesOf('treasury', 20)}`));
    const usdcWords = [
      word(128),
      word(192),
      word(6),
      word(payer),
      encodeString('USD Coin'),
      encodeString('USDC'),
    ];
    const usdcAddress = await deploy(usdc, ...usdcWords);
    const usdtAddress = await deploy(usdt, word(payer));
    const assets = [
      { asset: 'USDC', artifact: usdc, token: usdcAddress },
      { asset: 'USDT', artifact: usdt, token: usdtAddress },
      { asset: 'native', token: ZERO_ADDRESS },
    ];
    const rows = [];
    for (const { asset, artifact, token } of assets) {
      if (artifact !== undefined) {
        const mint = call(artifact, 'mint(address,uint256)', word(payer), word(10n ** 15n));
        await sendTransaction(rpc, { from: payer, to: token, data: mint });
        const approve = call(
          artifact,
          'approve(address,uint256)',
          word(payoutAddress),
          word(GREATEST_UINT256),
        );
        await sendTransaction(rpc, { from: payer, to: token, data: approve });
      }
      rows.push(...(await measureBatches({ rpc, payer, payout, payoutAddress, asset, token })));
      rows.push(...(await measureSingles({ rpc, payer, artifact, asset, token })));
      rows.push(...(await measureSweeps({ rpc, payer, artifact, asset, token, factory, factoryAddress })));
    }
    return rows;
  } finally {
    stop();
  }
}

const perPayout = (row) =>
  Math.round(
    row.batchSize === 'single transfer'
      ? row.gas
      : row.gas / Number(String(row.batchSize).replace('sweep of ', '')),
  );
const thousands = (value) => value.toLocaleString('en-US');

/** A Markdown table as Biome formats it. A heading that ends with a colon aligns its column to the right. */
function table(headings, rows) {
  const right = headings.map((heading) => heading.endsWith(':'));
  const cells = [headings.map((heading) => heading.replace(/:$/, '')), ...rows.map((row) => row.map(String))];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((cell, column) => (right[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    right[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(cells[0]), line(rule), ...cells.slice(1).map(line)].join('\n');
}

const measuredTable = (rows) =>
  table(
    ['asset', 'batch:', 'recipients', 'gas:', 'gas per payout:'],
    rows.map((row) => [
      row.asset,
      row.batchSize,
      row.recipients,
      thousands(row.gas),
      thousands(perPayout(row)),
    ]),
  );

const barTable = (rows) =>
  table(
    ['asset', 'batch:', 'recipients', 'gas per payout, at most:', 'measured:'],
    BARS.map((bar) => [
      bar.asset,
      bar.batchSize,
      bar.recipients,
      thousands(bar.gasPerPayoutMax),
      thousands(perPayout(rows.find((row) => isOf(bar, row)))),
    ]),
  );

const limitTable = () =>
  table(
    ['asset', 'gas limit', 'gasPerItem:'],
    [
      ['ERC-20', GAS_LIMIT.token],
      ['native', GAS_LIMIT.native],
    ].map(([asset, { base, perItem, gasPerItem }]) => [
      asset,
      `${thousands(base)} + ${thousands(perItem)} × items + gasPerItem + gasPerItem / 63`,
      thousands(gasPerItem),
    ]),
  );

function render(rows) {
  return `<!-- Generated by \`${COMMAND}\`; do not edit. -->

# Gas

Gas used by whole transactions (intrinsic gas and calldata included), from the receipts of real transactions on Anvil
with Ethereum's Osaka rules. "Fresh" addresses hold none of the asset (native: do not exist yet); "used" ones do.
USDC is TestUsdCoin, USDT is TestTetherUsd: the real ones cost more by what their proxy and checks cost.
Every item's outcome is checked to be PAID. A "sweep of" so many deposit addresses brings what they hold to the treasury;
"fresh" ones get their forwarders on the way.

## Bars

${barTable(rows)}

## Measured

${measuredTable(rows)}

Ethereum allows one transaction 16,777,216 gas (EIP-7825). The measuring chain's cap is off: larger rows are for other chains.
Batching saves gas for tokens, not for the native coin: a call costs 9,000 for the value, and 25,000 more to a new account.

## Gas limits used

Each batch above was sent with this gas limit and paid every item.

${limitTable()}
`;
}

const isOf = (bar, row) =>
  row.asset === bar.asset &&
  String(row.batchSize) === String(bar.batchSize) &&
  row.recipients === bar.recipients;

/** The rows of the report's "Measured" table. */
function parse(report) {
  const section = report.split('## Measured')[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (\w+) +\| +([\w ]+?) \| (fresh|used) +\| +([\d,]+) \|/gm)].map(
    (match) => ({
      asset: match[1],
      batchSize: match[2],
      recipients: match[3],
      gas: Number(match[4].replaceAll(',', '')),
    }),
  );
}

function problemsOf(rows, checkedIn) {
  const problems = [];
  for (const bar of BARS) {
    const measured = perPayout(rows.find((row) => isOf(bar, row)));
    if (measured > bar.gasPerPayoutMax) {
      problems.push(
        `bar broken: ${bar.asset}, ${bar.recipients}: ${measured} > ${bar.gasPerPayoutMax} gas per payout`,
      );
    }
  }
  if (checkedIn === undefined) return problems;
  for (const row of rows) {
    const name = `${row.asset}, ${row.batchSize}, ${row.recipients}`;
    const before = checkedIn.find((candidate) => isOf(row, candidate));
    if (before === undefined) problems.push(`not in the report: ${name}`);
    else if (Math.abs(row.gas - before.gas) > before.gas * TOLERANCE) {
      problems.push(`differs from the report: ${name}: ${before.gas} in the file, ${row.gas} measured`);
    }
  }
  if (checkedIn.length !== rows.length)
    problems.push(`the report has ${checkedIn.length} rows, not ${rows.length}`);
  return problems;
}

const check = process.argv.includes('--check');
const rows = await measure();
const problems = problemsOf(rows, check ? parse(readFileSync(REPORT_PATH, 'utf8')) : undefined);
if (!check) writeFileSync(REPORT_PATH, render(rows));
process.stdout.write(`${measuredTable(rows)}\n`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) {
  if (check) process.stderr.write(`After an intended change run: ${COMMAND}\n`);
  process.exitCode = 1;
}
