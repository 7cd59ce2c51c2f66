import type { ScreeningPort, ScreeningSource } from '@naru/core/screening/screening.ts';
import { readSanctionsOracle } from '@naru/evm/read-sanctions-oracle.ts';
import type { RpcPool } from '@naru/evm/rpc/rpc-pool.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { openListFile } from './list-file.ts';

/** The sources of screening that are configured here. */
export async function openScreening(
  config: { oracles: ReadonlyMap<string, Hex>; listFile: string | null },
  pools: ReadonlyMap<string, RpcPool>,
): Promise<ScreeningPort> {
  return {
    ...(config.oracles.size === 0 ? {} : { ORACLE: createOracleSource(config.oracles, pools) }),
    ...(config.listFile === null ? {} : { LIST: await openListFile(config.listFile) }),
  };
}

/** The sanctions contract of each chain, read through that chain's providers. */
function createOracleSource(
  oracles: ReadonlyMap<string, Hex>,
  pools: ReadonlyMap<string, RpcPool>,
): ScreeningSource {
  return {
    async check(chainId, addresses) {
      const [oracle, pool] = [oracles.get(chainId), pools.get(chainId)];
      if (oracle === undefined || pool === undefined)
        throw new CodedError('oracle_missing', `no sanctions oracle is set up for ${chainId}`);
      const flags = await readSanctionsOracle(pool, oracle, addresses);
      return flags.map((listed) => ({
        listed,
        category: listed ? 'sanctions' : null,
        detail: `isSanctioned at ${oracle}`,
      }));
    },
  };
}
