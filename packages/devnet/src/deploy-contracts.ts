import { batchPayoutAbi, batchPayoutBytecode } from '@naru/evm/abi/batch-payout.gen.ts';
import { depositFactoryAbi, depositFactoryBytecode } from '@naru/evm/abi/deposit-factory.gen.ts';
import { testTetherUsdAbi, testTetherUsdBytecode } from '@naru/evm/abi/test-tether-usd.gen.ts';
import { testUsdCoinAbi, testUsdCoinBytecode } from '@naru/evm/abi/test-usd-coin.gen.ts';
import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { concatHex, encodeDeployData, getContractAddress, parseEther, zeroHash } from 'viem';
import type { Devnet } from './devnet.ts';

/**
 * The deterministic deployment proxy: the same address on every chain, so that what is deployed through it has an
 * address that follows from its code. Anvil has it from the start; elsewhere its one signed transaction, which belongs
 * to no key, puts it there. Source: https://github.com/Arachnid/deterministic-deployment-proxy
 */
export const PROXY: Hex = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const PROXY_DEPLOYER: Hex = '0x3fab184622dc19b6109349b94811493bf45362ac';
const PROXY_TRANSACTION: Hex =
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222';

export type DevContracts = { payoutContract: Hex; usdc: Hex; usdt: Hex };

/** Deploys what is absent; the addresses follow from code and constructor, so a second call only looks. */
export async function deployContracts(devnet: Devnet): Promise<DevContracts> {
  await ensureProxy(devnet);
  const owner = devnet.funder.address;
  const deploys = [
    encodeDeployData({ abi: batchPayoutAbi, bytecode: batchPayoutBytecode }),
    encodeDeployData({
      abi: testUsdCoinAbi,
      bytecode: testUsdCoinBytecode,
      args: ['USD Coin (test)', 'USDC', 6, owner],
    }),
    encodeDeployData({ abi: testTetherUsdAbi, bytecode: testTetherUsdBytecode, args: [owner] }),
  ];
  const addresses = deploys.map((bytecode) =>
    getContractAddress({ opcode: 'CREATE2', from: PROXY, salt: zeroHash, bytecode }),
  );
  const codes = await Promise.all(addresses.map((address) => devnet.client.getCode({ address })));
  await devnet.sendAll(
    deploys
      .filter((_, index) => codes[index] === undefined)
      .map((bytecode) => ({ to: PROXY, data: concatHex([zeroHash, bytecode]) })),
  );
  const [payoutContract, usdc, usdt] = addresses;
  assert(payoutContract !== undefined && usdc !== undefined && usdt !== undefined, 'three contracts');
  return { payoutContract, usdc, usdt };
}

/** Where the factory of a treasury stands, or will stand, on every chain that has the deployment proxy. */
export function depositFactoryFor(treasury: Hex): Hex {
  return getContractAddress({
    opcode: 'CREATE2',
    from: PROXY,
    salt: zeroHash,
    bytecode: factoryDeploy(treasury),
  });
}

/** What is sent to the deployment proxy to make it, on any chain: to, and data. */
export function depositFactoryCall(treasury: Hex): { to: Hex; data: Hex } {
  return { to: PROXY, data: concatHex([zeroHash, factoryDeploy(treasury)]) };
}

function factoryDeploy(treasury: Hex): Hex {
  return encodeDeployData({ abi: depositFactoryAbi, bytecode: depositFactoryBytecode, args: [treasury] });
}

/** Deploys the factory whose deposit addresses are swept to this account, where it is absent. */
export async function deployDepositFactory(devnet: Devnet, treasury: Hex): Promise<Hex> {
  await ensureProxy(devnet);
  const address = depositFactoryFor(treasury);
  if ((await devnet.client.getCode({ address })) === undefined)
    await devnet.sendAll([depositFactoryCall(treasury)]);
  return address;
}

/** Puts the deployment proxy on a chain that lacks it. */
export async function ensureProxy(devnet: Devnet): Promise<void> {
  if ((await devnet.client.getCode({ address: PROXY })) !== undefined) return;
  await devnet.send({ to: PROXY_DEPLOYER, value: parseEther('0.1') });
  const hash = await devnet.client.sendRawTransaction({ serializedTransaction: PROXY_TRANSACTION });
  await devnet.client.waitForTransactionReceipt({ hash, timeout: 30_000 });
}
