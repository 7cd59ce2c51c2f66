import type { Asset, Chain } from '../chain/chain.ts';
import { AMOUNT_MAX } from '../withdrawal/withdrawal.limits.ts';
import {
  assetUnits,
  chainNumber,
  chainSwitch,
  chainWei,
  installationNumber,
  operationNumber,
} from './define-setting.ts';
import * as limits from './setting.limits.ts';
import type { ChainFacts, Installation, SettingDefinition, SettingValue } from './setting.ts';

/** Everything that an operator can turn while all runs. What is not here is fixed by code, or by the environment. */
export const chainSettings: readonly SettingDefinition<Chain>[] = [
  chainSwitch('chain.accepting', 'accepting', {
    unit: 'true: new withdrawals are accepted',
    summary: 'Whether new withdrawals of this chain are accepted.',
    effect: 'From the next request on. What was accepted is paid either way.',
    readers: ['api'],
  }),
  chainNumber('batch.items_max', 'batchItemsMax', {
    unit: 'withdrawals',
    summary: 'Withdrawals that one transaction carries at most.',
    effect: 'From the next plan on. Transactions that are planned keep their items.',
    readers: ['processor'],
    bounds: [1n, limits.BATCH_ITEMS_MAX],
  }),
  chainWei('batch.gas_max', 'txGasMax', {
    unit: 'gas',
    summary: 'Gas that one transaction may use; it bounds how many withdrawals fit into it.',
    effect:
      "From the next plan on. The signer has a ceiling of its own in its policy file: a transaction above it is refused there. It also counts for an account's gas reserve.",
    readers: ['processor', 'accounts'],
    bounds: [limits.BATCH_GAS_MIN, limits.BATCH_GAS_MAX],
  }),
  operationNumber('batch.wait_ms', 'batchWaitMs', {
    unit: 'ms',
    summary: 'How long a standard withdrawal waits for company before its batch is formed.',
    effect: 'At the next look of a processor. Longer saves gas and costs time.',
    readers: ['processor'],
    bounds: [0n, limits.BATCH_WAIT_MS_MAX],
  }),
  chainNumber('accounts.in_flight_max', 'inFlightPerAccountMax', {
    unit: 'transactions',
    summary: 'Transactions of one account that may be on their way at once.',
    effect: 'From the next plan on. Where more are on their way, no further one begins until fewer are.',
    readers: ['processor'],
    bounds: [1n, limits.IN_FLIGHT_MAX],
  }),
  operationNumber('accounts.gas_reserve_transactions', 'gasReserveTxs', {
    unit: 'full transactions',
    summary: 'An account whose coin pays for less than this many full transactions takes no new nonces.',
    effect: 'At the next look at balances. A paused account goes on when it has twice as much.',
    readers: ['accounts'],
    bounds: [1n, limits.GAS_RESERVE_TXS_MAX],
  }),
  chainWei('fees.per_gas_max', 'feePerGasWeiMax', {
    unit: 'wei per gas',
    summary: 'No transaction offers more for gas than this, whatever the market asks.',
    effect:
      'From the next signature on, replacements included. Bytes that are signed keep what they offer. While the market is above it, payments wait.',
    readers: ['processor', 'accounts'],
    bounds: [1n, limits.FEE_PER_GAS_WEI_MAX],
    danger: (from, to) =>
      isNumber(from) && isNumber(to) && to > 10n * from
        ? 'it is raised more than tenfold: each transaction may burn that much more coin'
        : null,
  }),
  chainWei('fees.tip_min', 'tipPerGasWeiMin', {
    unit: 'wei per gas',
    summary: "The least tip that is offered; the chain's nodes take nothing below theirs.",
    effect: 'From the next signature on.',
    readers: ['processor'],
    bounds: [0n, limits.TIP_PER_GAS_WEI_MAX],
  }),
  operationNumber('fees.bump_after_blocks', 'bumpAfterBlocks', {
    unit: 'blocks',
    summary: 'A transaction that waits this many blocks for its own gets a higher fee.',
    effect: 'At the next look of the monitor, for what is on its way too.',
    readers: ['monitor'],
    bounds: [1n, limits.BUMP_AFTER_BLOCKS_MAX],
  }),
  operationNumber('fees.bump_after_ms_min', 'bumpAfterMsMin', {
    unit: 'ms',
    summary: 'No fee is raised before a transaction has waited this long, however fast blocks come.',
    effect: 'At the next look of the monitor, for what is on its way too.',
    readers: ['monitor'],
    bounds: [limits.BUMP_AFTER_MS_MIN_MIN, limits.BUMP_AFTER_MS_MIN_MAX],
  }),
  chainNumber('finality.confirmations', 'confirmations', {
    unit: 'blocks',
    summary: 'Blocks, its own included, before a payment counts as final.',
    effect:
      'At the next look of the monitor, for what is on its way too. CONFIRMED stays CONFIRMED. Lowered too far, a payment is called final in a block that can still go.',
    readers: ['monitor', 'processor'],
    bounds: [1n, limits.CONFIRMATIONS_MAX],
    min: depthFloor,
    danger: (from, to) =>
      isNumber(from) && isNumber(to) && to < from
        ? `it is lowered from ${from}: payments become final in blocks that a reorganisation may still replace`
        : null,
  }),
  chainNumber('chain.block_time_ms', 'blockTimeMs', {
    unit: 'ms',
    summary: 'Usual time between two blocks; what waits for a number of blocks is timed by it.',
    effect: 'At the next look of the monitor.',
    readers: ['monitor'],
    bounds: [1n, limits.BLOCK_TIME_MS_MAX],
  }),
  operationNumber('retry.resend_ms', 'resendMs', {
    unit: 'ms',
    summary: 'Signed bytes are offered to the nodes again after this long, while no block holds them.',
    effect: 'From the next send on; what is scheduled comes as scheduled.',
    readers: ['broadcaster'],
    bounds: [limits.RETRY_MS_MIN, limits.RETRY_MS_MAX],
  }),
  operationNumber('retry.unknown_base_ms', 'unknownRetryBaseMs', {
    unit: 'ms',
    summary: 'First wait after an answer that left the outcome of a send unknown; each further one doubles.',
    effect: 'From the next send on.',
    readers: ['broadcaster'],
    bounds: [limits.RETRY_MS_MIN, limits.RETRY_MS_MAX],
  }),
  operationNumber('retry.unknown_max_ms', 'unknownRetryMsMax', {
    unit: 'ms',
    summary: 'Longest wait after an answer that left the outcome of a send unknown.',
    effect: 'From the next send on.',
    readers: ['broadcaster'],
    bounds: [limits.RETRY_MS_MIN, limits.RETRY_MS_MAX],
  }),
  operationNumber('retry.blocked_ms', 'blockedRetryMs', {
    unit: 'ms',
    summary: 'Between tries while the fee ceiling, the signer or missing gas money stands in the way.',
    effect: 'From the next try on.',
    readers: ['processor', 'broadcaster'],
    bounds: [limits.RETRY_MS_MIN, limits.RETRY_MS_MAX],
  }),
  operationNumber('retry.fee_ceiling_ms', 'ceilingRetryMs', {
    unit: 'ms',
    summary: 'Between looks at a replacement that the fee ceiling does not allow.',
    effect: 'From the next try on.',
    readers: ['processor'],
    bounds: [limits.RETRY_MS_MIN, limits.RETRY_MS_MAX],
  }),
];

export const assetSettings: readonly SettingDefinition<Asset>[] = [
  assetUnits('asset.minimum', 'minimum', {
    unit: 'smallest unit of the asset',
    summary: 'The smallest withdrawal.',
    effect: 'From the next request on. What was accepted is paid.',
    readers: ['api'],
    bounds: [0n, AMOUNT_MAX],
  }),
  assetUnits('asset.maximum', 'maximum', {
    unit: 'smallest unit of the asset',
    summary: 'The largest withdrawal, whoever asks. Limits of an organisation are apart from it.',
    effect: 'From the next request on. What was accepted is paid.',
    readers: ['api'],
    bounds: [1n, AMOUNT_MAX],
  }),
  assetUnits('fees.units_per_coin', 'unitsPerCoin', {
    unit: 'smallest unit of the asset',
    summary:
      'What one coin of the chain (10^18 wei) is worth in this token, for fees that follow gas while no exchange rate can be used.',
    effect:
      'From the next request on, until there is a usable rate. Without it such withdrawals are refused meanwhile. Fees that are fixed stay. Of the coin itself it is not used.',
    readers: ['api'],
    bounds: [1n, AMOUNT_MAX],
  }),
  assetUnits('asset.gas_per_item', 'gasPerItem', {
    unit: 'gas',
    summary: 'Gas that one withdrawal of it costs in a batch, calldata and log included.',
    effect:
      "From the next plan on. Too little, and a batch's last withdrawals are not tried and planned again.",
    readers: ['processor'],
    bounds: [limits.GAS_PER_ITEM_MIN, limits.ASSET_GAS_MAX],
  }),
  assetUnits('asset.transfer_gas_max', 'transferGasMax', {
    unit: 'gas',
    summary: 'Gas that the payout contract lets one transfer of it use at most.',
    effect: 'From the next plan on. Too little, and transfers are refused that would have worked.',
    readers: ['processor'],
    bounds: [limits.TRANSFER_GAS_MIN, limits.ASSET_GAS_MAX],
  }),
];

export const installationSettings: readonly SettingDefinition<Installation>[] = [
  installationNumber('alarms.chain_looks', 'chainLooks', {
    unit: 'looks in a row',
    summary: 'How often in a row a difference between ledger and chain must be seen before it is an alarm.',
    effect: 'From the next check on.',
    readers: ['jobs'],
    bounds: [1n, limits.CHAIN_LOOKS_MAX],
  }),
  installationNumber('alarms.chain_look_again_ms', 'chainLookAgainMs', {
    unit: 'ms',
    summary: 'Between two such looks; longer than two blocks of the slowest chain.',
    effect: 'From the next check on.',
    readers: ['jobs'],
    bounds: [0n, limits.CHAIN_LOOK_AGAIN_MS_MAX],
  }),
];

/**
 * The API's key alone must not make payments final in blocks that have gone before: on a main network no less than half
 * of what ships. Less is for whoever has the host: `NARU_CONFIRMATIONS_…` and `naru migrate`.
 */
function depthFloor(facts: ChainFacts | null): bigint {
  return facts?.network === 'main' ? BigInt(Math.ceil(facts.shippedConfirmations / 2)) : 1n;
}

function isNumber(value: SettingValue | null): value is bigint {
  return typeof value === 'bigint';
}
