import type { Tone } from '@naru/ui/tone.ts';
import type { OverviewBody } from '@naru/wire/overview.ts';
import { compareAmounts, formatAmount, formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { nameCause } from '../../i18n/causes.ts';
import type { Locale } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import type { OverviewWords } from './overview.texts.ts';

export type Exception = {
  key: string;
  tone: Extract<Tone, 'warn' | 'bad'>;
  title: string;
  /** The one figure. */
  figure: string;
  lines: readonly string[];
  /** Where it is looked at, already narrowed to it. */
  to: string;
  action: string;
};

/** A review that runs out within this time is somebody's next task. */
const EXPIRY_NEAR_MS = 30 * 60_000;
/** An account that lasts no longer than this needs money today. */
const RUNWAY_SHORT_S = 24 * 3_600;
/** A delivery that waits longer for its first try is late. */
const UNTRIED_LATE_S = 60;
/** Without these nothing moves; each is done by at least one process. */
const ROLES = ['processor', 'broadcaster', 'monitor', 'accounts', 'jobs'] as const;
const LINES_MAX = 4;

/** Checks of the books; the others are told as alarms. */
const BOOKS: ReadonlySet<string> = new Set([
  'ledger_replay',
  'ledger_full',
  'reserves',
  'reserves_full',
  'chain_balance',
  'history_seals',
  'sealing',
]);

type Say = { words: OverviewWords; locale: Locale; nameOf: (invariant: string) => string };

/** What is not as it should be, the worst first. Nothing at all is the normal case. */
export function findExceptions(body: OverviewBody, say: Say): Exception[] {
  const found = [
    ...stuck(body, say),
    ...roles(body, say),
    ...books(body, say),
    ...alarms(body, say),
    ...providers(body, say),
    ...deadLetters(body, say),
    ...reviews(body, say),
    ...reserves(body, say),
    ...accounts(body, say),
    ...webhooks(body, say),
  ];
  return found.sort((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad'));
}

/** Stages that a person does not hold up. */
export function stuckStages({ stages }: OverviewBody): OverviewBody['stages'] {
  return stages.filter((stage) => stage.state !== 'REVIEW' && stage.stuck > 0);
}

export function placeOfStuck(body: OverviewBody): string {
  const states = stuckStages(body).map((stage) => stage.state);
  // The parameters of a view are JSON where they could be taken for something else.
  return `/withdrawals?state=${encodeURIComponent(states.join(','))}&order=oldest`;
}

function stuck(body: OverviewBody, { words, locale }: Say): Exception[] {
  if (body.stuck.count === 0) return [];
  const oldest = stuckStages(body).flatMap((stage) => stage.oldestAt ?? []);
  const at = Math.min(...oldest.map((one) => Date.parse(one)));
  const age = formatDuration(Math.max(0, Date.parse(body.asOf) - at), locale);
  return [
    {
      key: 'stuck',
      tone: 'bad',
      title: words.stuckBox,
      figure: words.count(formatCount(body.stuck.count)),
      lines: [
        ...(oldest.length === 0 ? [] : [words.oldest(age)]),
        ...body.stuck.assets.map((one) => `${formatAmount(one.amount)} ${one.asset}`).slice(0, LINES_MAX),
      ],
      to: placeOfStuck(body),
      action: words.seeStuck,
    },
  ];
}

function roles({ instances }: OverviewBody, { words }: Say): Exception[] {
  const seen = new Set(instances.flatMap((one) => one.roles));
  const missing = ROLES.filter((role) => !seen.has(role));
  if (missing.length === 0) return [];
  const figure = words.places(formatCount(missing.length));
  const box = { tone: 'bad', title: words.rolesBox, to: '#instances', action: words.seeInstances } as const;
  return [{ ...box, key: 'roles', figure, lines: [missing.join(', ')] }];
}

function books({ reconciliation }: OverviewBody, { words, nameOf }: Say): Exception[] {
  const open = reconciliation.checks.filter((check) => BOOKS.has(check.invariant) && check.open > 0);
  if (open.length === 0) return [];
  return [
    {
      key: 'books',
      tone: 'bad',
      title: words.driftBox,
      figure: words.count(formatCount(open.reduce((sum, check) => sum + check.open, 0))),
      lines: open.map((check) => nameOf(check.invariant)).slice(0, LINES_MAX),
      to: '/reconciliation',
      action: words.seeReconciliation,
    },
  ];
}

function alarms({ alarms: { open, critical, first } }: OverviewBody, { words, locale }: Say): Exception[] {
  if (open === 0) return [];
  return [
    {
      key: 'alarms',
      tone: critical > 0 ? 'bad' : 'warn',
      title: words.alarmsBox,
      figure: words.count(formatCount(open)),
      lines: [
        ...(critical === 0 ? [] : [words.alarmsText(formatCount(critical))]),
        ...first
          .slice(0, LINES_MAX - 1)
          .map((one) => `${one.subject}: ${sayMachineText(one.detail, locale)}`),
      ],
      to: '/alarms?state=OPEN',
      action: words.seeAlarms,
    },
  ];
}

function providers(body: OverviewBody, { words }: Say): Exception[] {
  const out = body.providers.filter((one) => !one.up);
  if (out.length === 0) return [];
  const chains = [...new Set(out.map((one) => one.chain))];
  // A chain that nobody can be asked about stands still.
  const isBlind = chains.some((chain) => !body.providers.some((one) => one.chain === chain && one.up));
  return [
    {
      key: 'providers',
      tone: isBlind ? 'bad' : 'warn',
      title: words.providersBox,
      figure: words.places(formatCount(out.length)),
      lines: out
        .map((one) => `${one.chain} ${one.provider}${one.problem === null ? '' : `: ${one.problem}`}`)
        .slice(0, LINES_MAX),
      to: '#providers',
      action: words.seeProviders,
    },
  ];
}

function deadLetters({ deadLetters: { open, causes } }: OverviewBody, { words, locale }: Say): Exception[] {
  if (open === 0) return [];
  const [first] = causes;
  return [
    {
      key: 'dead-letters',
      tone: 'bad',
      title: words.deadLettersBox,
      figure: words.count(formatCount(open)),
      lines: causes
        .map((one) => `${nameCause(one.cause, locale)} ${formatCount(one.count)}`)
        .slice(0, LINES_MAX),
      to:
        causes.length === 1 && first !== undefined
          ? `/dead-letters?cause=${encodeURIComponent(first.cause)}`
          : '/dead-letters',
      action: words.seeDeadLetters,
    },
  ];
}

function reviews({ reviews: body, asOf }: OverviewBody, { words, locale }: Say): Exception[] {
  const leftMs =
    body.nextExpiryAt === null ? Number.POSITIVE_INFINITY : Date.parse(body.nextExpiryAt) - Date.parse(asOf);
  const open = formatCount(body.open);
  const place = { to: '/approvals', action: words.seeReviews } as const;
  const near: Exception = {
    ...place,
    key: 'reviews',
    tone: 'warn',
    title: words.reviewsBox,
    figure: words.count(open),
    lines: [
      leftMs > 0 ? words.reviewsText(open, formatDuration(leftMs, locale)) : words.reviewsExpired(open),
    ],
  };
  const unconfirmed: Exception = {
    ...place,
    key: 'unconfirmed',
    tone: 'warn',
    title: words.unconfirmedBox,
    figure: words.count(formatCount(body.unconfirmed)),
    lines: [words.unconfirmedText],
  };
  return [
    ...(body.open > 0 && leftMs < EXPIRY_NEAR_MS ? [near] : []),
    ...(body.unconfirmed > 0 ? [unconfirmed] : []),
  ];
}

export function isBelowLow({ holds, low }: OverviewBody['forecast'][number]): boolean {
  return low !== null && compareAmounts(holds, low) < 0;
}

export function isShort({ runwaySeconds: { least } }: OverviewBody['forecast'][number]): boolean {
  return least !== null && least < RUNWAY_SHORT_S;
}

function reserves({ forecast }: OverviewBody, { words, locale }: Say): Exception[] {
  const low = forecast.filter((one) => isBelowLow(one) || isShort(one));
  if (low.length === 0) return [];
  return [
    {
      key: 'low',
      tone: low.some(isBelowLow) ? 'bad' : 'warn',
      title: words.lowBox,
      figure: words.places(formatCount(low.length)),
      lines: low.slice(0, LINES_MAX).map((one) => {
        const holds = `${words[one.role]} ${formatAmount(one.holds)} ${one.asset}`;
        return isBelowLow(one)
          ? words.lowText(holds, formatAmount(one.low ?? '0'))
          : `${holds}: ${words.runwayText(formatDuration((one.runwaySeconds.least ?? 0) * 1_000, locale))}`;
      }),
      to: '/accounts',
      action: words.seeAccounts,
    },
  ];
}

function accounts(body: OverviewBody, { words, locale }: Say): Exception[] {
  const out = body.accounts.filter((one) => one.state === 'PAUSED' || one.state === 'JOINING');
  if (out.length === 0) return [];
  return [
    {
      key: 'accounts',
      tone: 'warn',
      title: words.outBox,
      figure: words.places(formatCount(out.length)),
      lines: out
        .slice(0, LINES_MAX)
        .map(
          (one) =>
            `${one.address.slice(0, 10)}… ${words[one.state]}${one.reason === null ? '' : `: ${sayMachineText(one.reason, locale)}`}`,
        ),
      to: '/accounts',
      action: words.seeAccounts,
    },
  ];
}

function webhooks({ webhooks: body }: OverviewBody, { words, locale }: Say): Exception[] {
  const out = body.endpoints
    .filter((one) => one.state === 'PAUSED' || one.state === 'DISABLED')
    .reduce((sum, one) => sum + one.count, 0);
  const place = { tone: 'warn', to: '/webhooks', action: words.seeWebhooks } as const;
  const age = formatDuration(body.oldestUntriedSeconds * 1_000, locale);
  const paused: Exception = {
    ...place,
    key: 'webhooks',
    title: words.webhooksBox,
    figure: words.places(formatCount(out)),
    lines: [words.webhooksText],
  };
  const late: Exception = {
    ...place,
    key: 'webhook-lag',
    title: words.webhookLagBox,
    figure: words.count(formatCount(body.pending)),
    lines: [words.webhookLagText(age)],
  };
  return [...(out > 0 ? [paused] : []), ...(body.oldestUntriedSeconds > UNTRIED_LATE_S ? [late] : [])];
}
