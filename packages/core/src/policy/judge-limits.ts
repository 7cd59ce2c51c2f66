import { showKrw } from '../exchange-rate/value-in-krw.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { Tier } from './policy.ts';
import type { TierUsage } from './tier-usage.store.ts';

const SEOUL_OFFSET_MS = 9 * 3_600_000;

/** `amountKrw` null: it has no value in won, so only counts can be judged. */
export type AskedFor = {
  count: bigint;
  amountKrw: bigint | null;
  /** Of the largest single one. */
  largestKrw: bigint | null;
};

/**
 * Why what is asked for does not fit into a tier's ceilings, or null. `usage` is what was asked for before; the texts say
 * which ceiling it is, how much of it is left, and when it begins anew.
 */
export function findLimitProblem(tier: Tier, usage: TierUsage, asked: AskedFor, at: Date): Refusal | null {
  const { day, month } = usage;
  const { largestKrw, amountKrw } = asked;
  if (tier.perWithdrawalKrwMax !== null && largestKrw !== null && largestKrw > tier.perWithdrawalKrwMax)
    return exceeded(
      `The amount is worth ${showKrw(largestKrw)}; your limit for one withdrawal is ${showKrw(tier.perWithdrawalKrwMax)}.`,
      `${showKrw(largestKrw)} 가치의 출금이에요. 한 번에 ${showKrw(tier.perWithdrawalKrwMax)}까지 출금할 수 있어요.`,
    );
  const sums = [
    { name: 'a day', nameKo: '하루', max: tier.dailyKrwMax, used: day.amountKrw, next: nextDay(at) },
    { name: 'a month', nameKo: '한 달', max: tier.monthlyKrwMax, used: month.amountKrw, next: nextMonth(at) },
  ];
  for (const { name, nameKo, max, used, next } of sums) {
    if (max === null || amountKrw === null || used + amountKrw <= max) continue;
    const left = used >= max ? 0n : max - used;
    return exceeded(
      `The amount is worth ${showKrw(amountKrw)}; of your limit for ${name}, ${showKrw(max)}, ${showKrw(left)} is left until ${next}.`,
      `${showKrw(amountKrw)} 가치의 출금이에요. ${nameKo} 한도 ${showKrw(max)} 중 ${showKrw(left)}이 남아 있고, ${next}에 새로 시작해요.`,
    );
  }
  const counts = [
    { name: 'a day', nameKo: '하루', max: tier.dailyCountMax, used: day.count, next: nextDay(at) },
    { name: 'a month', nameKo: '한 달', max: tier.monthlyCountMax, used: month.count, next: nextMonth(at) },
  ];
  for (const { name, nameKo, max, used, next } of counts) {
    if (max === null || used + asked.count <= max) continue;
    const left = used >= max ? 0n : max - used;
    return exceeded(
      `Your limit is ${max} withdrawals for ${name}; ${left} ${left === 1n ? 'is' : 'are'} left until ${next}.`,
      `${nameKo}에 ${max}번까지 출금할 수 있어요. ${left}번이 남아 있고, ${next}에 새로 시작해요.`,
    );
  }
  return null;
}

function exceeded(message: string, messageKo: string): Refusal {
  return { code: 'limit_exceeded', message, messageKo, retryable: false };
}

function nextDay(at: Date): string {
  const local = new Date(at.getTime() + SEOUL_OFFSET_MS);
  return seoulMidnight(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + 1);
}

function nextMonth(at: Date): string {
  const local = new Date(at.getTime() + SEOUL_OFFSET_MS);
  return seoulMidnight(local.getUTCFullYear(), local.getUTCMonth() + 1, 1);
}

/** As people in Korea and programs read it: `2026-03-03T00:00+09:00`. */
function seoulMidnight(year: number, month: number, day: number): string {
  return `${new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)}T00:00+09:00`;
}
