import type { AccountOverview } from '@naru/core/account-manager/account.reader.ts';
import type { ThresholdOverview } from '@naru/core/account-manager/account-threshold.ts';
import type { AccountTransfer } from '@naru/core/account-manager/account-transfer.ts';
import type { Forecast } from '@naru/core/account-manager/forecast.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type {
  AccountThresholdBody,
  AccountTransferBody,
  ReserveForecastBody,
  SubAccountBody,
} from '@naru/wire/sub-account.ts';

export function toAccountBody(account: AccountOverview): SubAccountBody {
  const { chainId, address, role, state, pauseReason, drainAt, nextNonce, inFlight, balances } = account;
  return {
    object: 'sub_account',
    chain: chainId,
    address,
    role,
    state,
    reason: pauseReason,
    draining: drainAt !== null && state !== 'DRAINED' && state !== 'RETIRED',
    nextNonce: String(nextNonce),
    inFlight,
    balances: balances.map(({ asset, decimals, balance, updatedAt }) => ({
      asset,
      amount: formatAmount(balance, decimals),
      readAt: updatedAt.toISOString(),
    })),
  };
}

export function toTransferBody(transfer: AccountTransfer): AccountTransferBody {
  const { id, chainId, asset, decimals, from, to, amount, purpose, state, reason, hash } = transfer;
  const { failureCode, failureMessage, createdAt, endedAt } = transfer;
  return {
    object: 'account_transfer',
    id,
    chain: chainId,
    asset,
    from,
    to,
    amount: formatAmount(amount, decimals),
    purpose,
    state,
    reason,
    hash,
    failure: failureCode === null ? null : { code: failureCode, message: failureMessage ?? '' },
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

export function toThresholdBody(threshold: ThresholdOverview): AccountThresholdBody {
  const { chainId, asset, decimals, purpose, role, address, low, target, high, updatedAt } = threshold;
  return {
    chain: chainId,
    asset,
    purpose,
    role,
    address,
    low: formatAmount(low, decimals),
    target: formatAmount(target, decimals),
    high: high === null ? null : formatAmount(high, decimals),
    updatedAt: updatedAt.toISOString(),
  };
}

export function toForecastBody(forecast: Forecast): ReserveForecastBody {
  const { chainId, asset, decimals, role, holds, low, hasThreshold, hour, day, week, runwaySeconds } =
    forecast;
  const show = (units: bigint) => formatAmount(units, decimals);
  return {
    chain: chainId,
    asset,
    role,
    holds: show(holds),
    low: hasThreshold ? show(low) : null,
    outflow: { hour: show(hour), day: show(day), week: show(week) },
    runwaySeconds,
  };
}
