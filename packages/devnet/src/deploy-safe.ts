import { createRequire } from 'node:module';
import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { safeAbi } from '@naru/safe/safe.abi.ts';
import {
  type Abi,
  concatHex,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  parseAbi,
  parseEventLogs,
  zeroAddress,
  zeroHash,
} from 'viem';
import { ensureProxy, PROXY } from './deploy-contracts.ts';
import type { Devnet } from './devnet.ts';

const artifacts = '@safe-global/safe-smart-account/build/artifacts/contracts';
const setUpAbi = parseAbi([
  'function setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler, address paymentToken, uint256 payment, address paymentReceiver)',
]);
const factoryAbi = parseAbi([
  'function createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce) returns (address proxy)',
  'event ProxyCreation(address indexed proxy, address singleton)',
]);

/**
 * A Safe of these owners, of the contracts that its makers publish, compiled as they were audited. Each `saltNonce` makes
 * another one; the same again reverts.
 */
export async function deploySafe(
  devnet: Devnet,
  options: { owners: readonly Hex[]; threshold: number; saltNonce: bigint },
): Promise<Hex> {
  const [singleton, factory] = await deployOnce(devnet, [
    'Safe.sol/Safe.json',
    'proxies/SafeProxyFactory.sol/SafeProxyFactory.json',
  ]);
  assert(singleton !== undefined && factory !== undefined, 'two contracts');
  const initializer = encodeFunctionData({
    abi: setUpAbi,
    functionName: 'setup',
    args: [
      [...options.owners],
      BigInt(options.threshold),
      zeroAddress,
      '0x',
      zeroAddress,
      zeroAddress,
      0n,
      zeroAddress,
    ],
  });
  const data = encodeFunctionData({
    abi: factoryAbi,
    functionName: 'createProxyWithNonce',
    args: [singleton, initializer, options.saltNonce],
  });
  const hash = await devnet.send({ to: factory, data });
  const { logs } = await devnet.client.getTransactionReceipt({ hash });
  const safe = parseEventLogs({ abi: factoryAbi, logs })[0]?.args.proxy;
  assert(safe !== undefined, 'the factory says which Safe it made');
  const threshold = await devnet.client.readContract({
    address: safe,
    abi: safeAbi,
    functionName: 'getThreshold',
  });
  assert(threshold === BigInt(options.threshold), `threshold ${threshold}`);
  return safe;
}

async function deployOnce(devnet: Devnet, names: readonly string[]): Promise<Hex[]> {
  await ensureProxy(devnet);
  const require = createRequire(import.meta.url);
  const deploys = names.map((name) => {
    const { abi, bytecode } = require(`${artifacts}/${name}`) as { abi: Abi; bytecode: Hex };
    return encodeDeployData({ abi, bytecode });
  });
  const addresses = deploys.map((bytecode) =>
    getContractAddress({ opcode: 'CREATE2', from: PROXY, salt: zeroHash, bytecode }),
  );
  for (const [index, bytecode] of deploys.entries()) {
    const address = addresses[index];
    if (address !== undefined && (await devnet.client.getCode({ address })) === undefined)
      await devnet.send({ to: PROXY, data: concatHex([zeroHash, bytecode]) });
  }
  return addresses;
}
