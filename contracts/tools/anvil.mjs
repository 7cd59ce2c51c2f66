// A throw-away local chain for measuring, and the few JSON-RPC calls that needs. Anvil holds the keys of its test
// accounts itself, so no library is needed to sign.
import { spawn } from 'node:child_process';
import { foundryBinary } from './foundry.mjs';

const START_TIMEOUT_MS = 20_000;
const RECEIPT_TIMEOUT_MS = 30_000;

/**
 * Starts Anvil on a free port. `stop` ends it.
 * @returns {Promise<{ rpc: (method: string, ...params: unknown[]) => Promise<any>, stop: () => void }>}
 */
export async function startAnvil() {
  // Osaka is Ethereum's current rule set; named, so that a newer Anvil measures the same chain. Its cap on one
  // transaction's gas stays off (Anvil's default): the larger batches are measured for chains without it.
  const args = ['--port', '0', '--hardfork', 'osaka', '--gas-limit', '60000000', '--balance', '1000000'];
  const child = spawn(foundryBinary('anvil'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => child.kill('SIGTERM');
  process.once('exit', stop);

  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('anvil did not start in time')), START_TIMEOUT_MS);
    let output = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`anvil ended with code ${code}`)));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const address = output.match(/Listening on (\S+)/)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(`http://${address}`);
    });
  });

  let id = 0;
  async function rpc(method, ...params) {
    id += 1;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const answer = await response.json();
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result;
  }
  return { rpc, stop };
}

/**
 * Sends a transaction from one of Anvil's accounts and waits until it is mined.
 * @param transaction `{ from, to?, data?, value?, gas? }`, hex strings.
 * @returns The receipt of a transaction that succeeded.
 */
export async function sendTransaction(rpc, transaction) {
  const hash = await rpc('eth_sendTransaction', transaction);
  const giveUpAt = Date.now() + RECEIPT_TIMEOUT_MS;
  while (Date.now() < giveUpAt) {
    const receipt = await rpc('eth_getTransactionReceipt', hash);
    if (receipt === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    if (receipt.status !== '0x1') throw new Error(`transaction ${hash} reverted`);
    return receipt;
  }
  throw new Error(`transaction ${hash} was not mined in time`);
}
