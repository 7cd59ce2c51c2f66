import { BUSINESS_DAYS_BACK_MAX, RATE_DECIMALS } from '@naru/core/exchange-rate/exchange-rate.limits.ts';
import type { RateSourcePort } from '@naru/core/exchange-rate/exchange-rate.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { parseAmount } from '@naru/kit/money.ts';
import type { Secret } from '@naru/kit/secret.ts';
import { z } from 'zod';

/** Of the bank, which retired www.koreaexim.go.kr for it. */
export const KOREAEXIM_URL = 'https://oapi.koreaexim.go.kr';
/** The bank publishes a day's rates at about eleven in the morning in Seoul. */
const PUBLISHED_AT_HOUR_SEOUL = 11;
const ANSWER_BYTES_MAX = 1_000_000;
const DAY_MS = 86_400_000;
const SEOUL_OFFSET_MS = 9 * 3_600_000;

/** One currency. Rates are texts with thousands separators; `result` is repeated in every item. */
const item = z.object({
  result: z.number().int(),
  cur_unit: z.string().nullish(),
  deal_bas_r: z.string().nullish(),
});

/** What the bank says with `result`. Source: 한국수출입은행 환율 API. */
const RESULT_TEXTS: Readonly<Record<number, string>> = {
  2: 'it does not know the data asked for (result 2)',
  3: 'it does not accept the key (result 3)',
  4: 'the calls of this day are used up (result 4)',
};

export type KoreaEximOptions = {
  url: string;
  key: Secret;
  timeoutMs: number;
  now: () => Date;
  fetch?: typeof globalThis.fetch;
};

/**
 * Rates against the won from the Export-Import Bank of Korea (AP01, `deal_bas_r`). On days without rates the answer is
 * an empty list: the days before are asked, up to `BUSINESS_DAYS_BACK_MAX`.
 */
export function createKoreaExim(options: KoreaEximOptions): RateSourcePort {
  return {
    async read({ base, quote }) {
      if (quote !== 'KRW') throw new CodedError('rate_unknown', 'the bank tells rates against the won only');
      const today = new Date(options.now().getTime() + SEOUL_OFFSET_MS);
      for (let back = 0; back <= BUSINESS_DAYS_BACK_MAX; back++) {
        const day = new Date(today.getTime() - back * DAY_MS).toISOString().slice(0, 10);
        const items = await readDay(options, day);
        if (items.length === 0) continue;
        return {
          rateE18: rateOf(items, base),
          ...momentOf(day, options.now()),
          detail: `deal_bas_r of ${day}`,
        };
      }
      throw new CodedError(
        'rate_missing',
        `the bank has no rates for the last ${BUSINESS_DAYS_BACK_MAX + 1} days`,
      );
    },
  };
}

/** A day's rate is of eleven o'clock, or of now when it was published earlier than that. */
function momentOf(day: string, now: Date): { observedAt: Date } {
  const published = new Date(`${day}T${PUBLISHED_AT_HOUR_SEOUL}:00:00+09:00`);
  return { observedAt: published > now ? now : published };
}

async function readDay(options: KoreaEximOptions, day: string): Promise<z.output<typeof item>[]> {
  const url = new URL('/site/program/financial/exchangeJSON', options.url);
  url.searchParams.set('authkey', options.key.reveal());
  url.searchParams.set('searchdate', day.replaceAll('-', ''));
  url.searchParams.set('data', 'AP01');
  const text = await readText(options, url);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new CodedError('rate_malformed', 'the bank answered something that is no JSON');
  }
  const parsed = z.array(item).safeParse(json);
  if (!parsed.success) throw new CodedError('rate_malformed', 'the bank answered in an unknown form');
  const refused = parsed.data.find(({ result }) => result !== 1);
  if (refused !== undefined)
    throw new CodedError(
      'rate_refused',
      `the bank refused: ${RESULT_TEXTS[refused.result] ?? `result ${refused.result}`}`,
    );
  return parsed.data;
}

/** The text of an answer. No error text has the URL, in which the key stands. */
async function readText(
  { fetch = globalThis.fetch, timeoutMs }: KoreaEximOptions,
  url: URL,
): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    throw new CodedError(
      'rate_unreachable',
      `the bank cannot be asked: ${errorText(error).replaceAll(url.href, url.host)}`,
    );
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new CodedError('rate_unreachable', `the bank answered with HTTP status ${response.status}`);
  }
  const text = await response.text();
  if (text.length > ANSWER_BYTES_MAX)
    throw new CodedError('rate_malformed', 'the answer of the bank is too long');
  return text;
}

/** `cur_unit` is `USD`, or `JPY(100)` where the rate is that of a hundred. */
function rateOf(items: readonly z.output<typeof item>[], currency: string): bigint {
  for (const { cur_unit: unit, deal_bas_r: rate } of items) {
    const [, code, per] = /^([A-Z]{3})(?:\((\d+)\))?$/.exec(unit ?? '') ?? [];
    if (code !== currency) continue;
    const parsed = parseAmount((rate ?? '').replaceAll(',', ''), RATE_DECIMALS);
    if (!parsed.ok || parsed.units === 0n)
      throw new CodedError('rate_malformed', `the bank's rate of ${currency} is "${rate ?? ''}"`);
    return parsed.units / BigInt(per ?? '1');
  }
  throw new CodedError('rate_unknown', `the bank tells no rate of ${currency}`);
}
