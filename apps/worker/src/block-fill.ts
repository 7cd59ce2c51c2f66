import { type BlockFill, saveFill } from '@naru/core/overview/fleet.store.ts';
import { FILL_BLOCKS } from '@naru/core/overview/overview.limits.ts';
import type { Database } from '@naru/db/database.ts';
import type { PayoutChain } from '@naru/evm/connect-payout-chain.ts';
import type { NamedWork } from './roles.ts';

const SAVE_POLL_MS = 2_000;

/** How full blocks were, from the headers that the monitor reads anyway: no node is asked for it. */
export type FillWatch = {
  /** The same port; what its `headers` brings is noted on the way. */
  watch(port: PayoutChain): PayoutChain;
  work: NamedWork & { pollMs: number };
};

export function createFillWatch(deps: { db: Database }, chainId: string): FillWatch {
  let noted = new Map<bigint, BlockFill>();
  return {
    watch: (port) => ({
      ...port,
      async headers(first, last) {
        const headers = await port.headers(first, last);
        for (const { number, gasUsed, gasLimit, timestampSeconds } of headers.slice(-FILL_BLOCKS))
          if (gasLimit > 0n)
            noted.set(number, { number, gasUsed, gasLimit, at: new Date(Number(timestampSeconds) * 1_000) });
        for (const number of noted.keys()) {
          if (noted.size <= FILL_BLOCKS) break;
          noted.delete(number);
        }
        return headers;
      },
    }),
    work: {
      name: 'fill',
      pollMs: SAVE_POLL_MS,
      work: async () => {
        const taken = noted;
        noted = new Map();
        await saveFill(deps.db, chainId, [...taken.values()]);
        return false;
      },
    },
  };
}
