import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { readRpcUrls } from '@naru/core/chain/chain-environment.ts';
import { connectDevnet } from '@naru/devnet/devnet.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { parseAmount } from '@naru/kit/money.ts';
import type { Command } from 'commander';
import { encodeFunctionData, parseAbi } from 'viem';
import { noRpc, withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showAmount } from '../format.ts';
import { parseAddress } from '../parse-address.ts';

const CHAIN = 'localhost';
const mintAbi = parseAbi(['function mint(address to, uint256 amount)']);

/** Test money for a deposit address. Only on a local chain, whose first account everybody has the key of. */
export function registerSimulate(deposits: Command, context: CliContext): void {
  const simulate = deposits
    .command('simulate')
    .summary('pay test money to a deposit address (local chain only)')
    .argument('[amount]', 'default: 100', '100')
    .argument('[code]', 'USDC, USDT or ETH', 'USDC')
    .description(
      'Pays test money from an account of the local chain (31337) to a deposit address: by default to the one of the demo owner. Any other chain is refused.',
    )
    .option('--to <address>', 'another deposit address')
    .option('--json', 'print one JSON object')
    .action((amount: string, code: string, options: { to?: string; json?: boolean }) =>
      run(context, amount, code.toUpperCase(), options),
    );
  addExamples(simulate, [
    ['naru deposits simulate', '100 USDC to the demo owner'],
    ['naru deposits simulate 0.5 ETH', 'the coin'],
  ]);
}

async function run(
  context: CliContext,
  text: string,
  code: string,
  options: { to?: string; json?: boolean },
): Promise<void> {
  const { config, output } = context;
  const given = options.to ?? config.demoDepositAddress;
  if (given === null)
    throw usageError('say which deposit address to pay: --to 0x… (naru deposits addresses shows them)');
  const to = parseAddress(given);
  const [rpcUrl] = readRpcUrls(config.environment).urls.get(CHAIN) ?? [];
  const asset = (await withDatabase(context, (db) => readCatalogue(db))).assets.get(`${CHAIN}:${code}`);
  if (rpcUrl === undefined) throw noRpc(CHAIN);
  if (asset === undefined) throw usageError(`there is no asset ${CHAIN}:${code}: naru assets list`);
  const parsed = parseAmount(text, asset.decimals);
  if (!parsed.ok || parsed.units === 0n)
    throw usageError(`"${text}" is no amount of ${code}: digits and a point, as in 12.5`);
  const devnet = await connectDevnet(rpcUrl);
  const { units } = parsed;
  const hash = await devnet
    .send(
      asset.address === null
        ? { to, value: units }
        : {
            to: asset.address,
            data: encodeFunctionData({ abi: mintAbi, functionName: 'mint', args: [to, units] }),
          },
    )
    .catch((error: unknown) => {
      throw new CodedError('not_paid', `the test money could not be sent to ${to}`, { cause: error });
    });
  if (options.json === true) return output.json({ hash, to, asset: asset.id, amount: units });
  output.line(`Paid ${showAmount(units, asset.decimals, code)} to ${to}: ${hash}`);
  output.line('It is credited when its block is final. Watch it:  naru deposits list');
}
