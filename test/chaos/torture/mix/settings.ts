import { isNaruApiError } from '@naru/sdk/errors.ts';
import { type Clients, refusalIn } from '../clients.ts';
import type { Act } from '../fault.ts';
import type { Random } from '../random.ts';
import { moments } from './act.ts';

const CHAIN = 'localhost';
const EVERY_MS = { min: 700, max: 2_000 };
const GWEI = 1_000_000_000n;

/** Above what any account sends in a batch, and offers for gas, in the whole run. The spike of a fault is far above. */
export const BATCH_ITEMS_MAX = 60;
export const FEE_PER_GAS_WEI_MAX = 150n * GWEI;
const gwei = (...values: bigint[]) => values.map((value) => String(value * GWEI));

/** What is turned while all runs, and to what. Depth is added to that of the run: it is never lower. */
const TURNED = {
  'batch.items_max': ['3', '10', '25', String(BATCH_ITEMS_MAX)],
  'batch.wait_ms': ['0', '100', '400'],
  'accounts.in_flight_max': ['2', '4', '8', '16'],
  'fees.per_gas_max': gwei(60n, 90n, 120n, FEE_PER_GAS_WEI_MAX / GWEI),
  'fees.bump_after_blocks': ['10', '20', '40'],
  'finality.confirmations': ['0', '1', '2', '4'],
  'retry.resend_ms': ['1000', '3000', '8000'],
  'retry.unknown_base_ms': ['200', '1000'],
  'retry.blocked_ms': ['500', '2000'],
  'chain.block_time_ms': ['100', '1000'],
} as const;
/** Where money flows, after a phase that may have left a trickle. */
const WIDE = { 'batch.items_max': String(BATCH_ITEMS_MAX), 'accounts.in_flight_max': '16' } as const;
type Key = keyof typeof TURNED;
const KEYS = Object.keys(TURNED) as Key[];

export type Settings = {
  change(key: Key, value: string): Promise<void>;
  /** What was throttled flows again. */
  open(): Promise<void>;
  changes(): number;
  /** What was said last of each key. */
  said(): ReadonlyMap<string, string>;
};

export function planSettings(random: Random, durationMs: number): Act[] {
  const order = random.shuffled(KEYS);
  return moments(random, durationMs, EVERY_MS).map((atMs, index) => {
    const key = order[index % order.length] as Key;
    const value = random.pick<string>(TURNED[key]);
    const isDepth = key === 'finality.confirmations';
    return {
      atMs,
      text: `${key} is ${isDepth ? 'that of the run and ' : ''}${value}`,
      run: ({ mix, stack }) =>
        mix.settings.change(key, isDepth ? String(stack.confirmations + Number(value)) : value),
    };
  });
}

export function createSettings({ call }: Clients): Settings {
  const said = new Map<string, string>();
  let changes = 0;
  const settings: Settings = {
    changes: () => changes,
    said: () => said,
    async open() {
      // Batches of three in two transactions an account are a trickle: an operator who has turned that turns it back.
      for (const [key, value] of Object.entries(WIDE))
        if (said.has(key) && said.get(key) !== value) await settings.change(key as Key, value);
    },
    async change(key, value) {
      for (;;) {
        const { setting } = await call(`setting ${key}`, (naru) => naru.admin.settings.get(key, CHAIN));
        const seenVersion = setting.version;
        const idempotencyKey = `${key}-${changes}-${seenVersion}`;
        try {
          await call(`a change of ${key}`, (naru) =>
            naru.admin.settings.change(
              key,
              { target: CHAIN, value, seenVersion, acknowledge: true, reason: 'torture' },
              { idempotencyKey },
            ),
          );
        } catch (error) {
          // A database that was restored is at an older version than the one that was looked at.
          if (isNaruApiError(refusalIn(error), 'setting_changed')) continue;
          throw error;
        }
        said.set(key, value);
        changes += 1;
        return;
      }
    },
  };
  return settings;
}

/** Ends of bounds are all there is to set before anything runs: what no act has turned yet is within them, too. */
export async function setFirstSettings(settings: Settings): Promise<void> {
  await settings.change('batch.items_max', String(BATCH_ITEMS_MAX));
}
