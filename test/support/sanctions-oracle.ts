import type { Devnet } from '@naru/devnet/devnet.ts';
import {
  testSanctionsOracleAbi,
  testSanctionsOracleBytecode,
} from '@naru/evm/abi/test-sanctions-oracle.gen.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { encodeFunctionData, getContractAddress } from 'viem';

/** A sanctions contract on the local chain that lists these addresses. */
export async function deploySanctionsOracle(devnet: Devnet, listed: readonly Hex[]): Promise<Hex> {
  const { client, funder, send } = devnet;
  const nonce = await client.getTransactionCount({ address: funder.address });
  await send({ data: testSanctionsOracleBytecode });
  const oracle = getContractAddress({ from: funder.address, nonce: BigInt(nonce) });
  const data = encodeFunctionData({
    abi: testSanctionsOracleAbi,
    functionName: 'addToSanctionsList',
    args: [[...listed]],
  });
  await send({ to: oracle, data });
  return oracle;
}
