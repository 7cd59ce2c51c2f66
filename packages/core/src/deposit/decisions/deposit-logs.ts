import type { Hex } from '@naru/kit/hex.ts';
import type { Asset, Chain } from '../../chain/chain.ts';
import type { DepositLog, DepositLogs } from '../deposit.ports.ts';
import type { Arrival } from '../deposit.store.ts';
import { depositIdOf } from '../deposit.ts';
import type { Watched } from '../deposit-address.store.ts';

/** Everything that a log says, in one text: two providers say the same or they do not. */
function textOf(log: DepositLog): string {
  const { transactionHash, logIndex, blockHash, kind } = log;
  const rest =
    kind === 'arrived'
      ? [log.token, log.from, log.to, log.amount]
      : kind === 'swept'
        ? [log.factory, log.forwarder, log.token, log.amount]
        : [log.factory, log.forwarder];
  return [transactionHash, logIndex, blockHash, kind, ...rest].join('/');
}

/** The logs on which every provider asked agrees, and on the last block; null: they differ. No answer: no log. */
export function agreeOnLogs(answers: readonly DepositLogs[]): readonly DepositLog[] | null {
  const [first, ...others] = answers;
  if (first === undefined) return [];
  const text = ({ hash, logs }: DepositLogs) => [hash, ...logs.map(textOf)].join('\n');
  return others.every((other) => text(other) === text(first)) ? first.logs : null;
}

/** Transfers of tokens that are not known, as far as every provider has them. */
export function agreeOnUnknown(answers: readonly DepositLogs[], known: ReadonlySet<string>): DepositLog[] {
  const [first, ...others] = answers;
  const sets = others.map(({ logs }) => new Set(logs.map(textOf)));
  return (first?.logs ?? []).filter(
    (log) =>
      log.kind === 'arrived' &&
      log.token !== null &&
      !known.has(log.token) &&
      sets.every((set) => set.has(textOf(log))),
  );
}

/** By token: of this chain alone, since every chain has a coin, and tokens may have one address on several. */
function assetsOf(chain: Pick<Chain, 'id'>, assets: readonly Asset[]): Map<Hex | null, string> {
  return new Map(
    assets.flatMap((asset) => (asset.chainId === chain.id ? [[asset.address, asset.id] as const] : [])),
  );
}

/** Of the logs, what pays our addresses, as it is kept. */
export function toArrivals(
  chain: Pick<Chain, 'id' | 'evmChainId'>,
  logs: readonly DepositLog[],
  watched: readonly Watched[],
  assets: readonly Asset[],
): Arrival[] {
  const addressIds = new Map(watched.map((one) => [one.address, one.id]));
  const assetIds = assetsOf(chain, assets);
  return logs.flatMap((log) => {
    const addressId = log.kind === 'arrived' ? addressIds.get(log.to) : undefined;
    if (log.kind !== 'arrived' || addressId === undefined) return [];
    return [
      {
        id: depositIdOf(chain.evmChainId, log),
        addressId,
        assetId: assetIds.get(log.token) ?? null,
        token: log.token,
        amount: log.amount,
        from: log.from,
        transactionHash: log.transactionHash,
        logIndex: log.logIndex,
        blockNumber: log.blockNumber,
        blockHash: log.blockHash,
      },
    ];
  });
}

export type SweptHere = { addressId: string; assetId: string; amount: bigint; log: DepositLog };

/** Of the logs, what left our addresses for the treasury. `strange`: by addresses that are none of ours, or unknown tokens. */
export function toSwept(
  chain: Pick<Chain, 'id'>,
  logs: readonly DepositLog[],
  watched: readonly Watched[],
  assets: readonly Asset[],
): { swept: SweptHere[]; strange: DepositLog[] } {
  const addressIds = new Map(watched.map((one) => [one.address, one]));
  const assetIds = assetsOf(chain, assets);
  const swept: SweptHere[] = [];
  const strange: DepositLog[] = [];
  for (const log of logs) {
    if (log.kind !== 'swept') continue;
    const address = addressIds.get(log.forwarder);
    const assetId = assetIds.get(log.token);
    if (address === undefined || address.factory !== log.factory || assetId === undefined) strange.push(log);
    else swept.push({ addressId: address.id, assetId, amount: log.amount, log });
  }
  return { swept, strange };
}
