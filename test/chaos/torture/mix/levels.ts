import type { Clients } from '../clients.ts';
import type { Act } from '../fault.ts';
import type { Random } from '../random.ts';

const CHAIN = 'localhost';
const WHY = { reason: 'torture' };
/** Of a token. From one to another, accounts are too low (top-ups) or hold too much (sweeps). */
const LEVELS = [
  { low: '100', target: '250', high: '600' },
  { low: '30', target: '60', high: '120' },
  { low: '200', target: '500', high: '1200' },
] as const;
type Levels = (typeof LEVELS)[number];
/** Coin that payouts are made from, beside the gas money. */
const COIN_LEVELS = { low: '0.2', target: '0.5', high: '2' } as const;
/** Whole coins of gas money: each phase asks for more than an account has, so the gas account pays. */
const GAS_LOW = { min: 20_050, max: 21_500 };
const MILLI = 3;

export function planLevels(random: Random, durationMs: number): Act[] {
  return [random.whole(200, 900), Math.round(durationMs / 2) + random.whole(0, 900)].map((atMs) => {
    const levels = random.pick(LEVELS);
    const gasLow = random.whole(GAS_LOW.min, GAS_LOW.max);
    return {
      atMs,
      text: `accounts are low below ${levels.low}, full at ${levels.target}, gas money low below ${milliText(gasLow)}`,
      run: ({ mix }) => setLevels(mix.clients, levels, gasLow),
    };
  });
}

export async function setFirstLevels(clients: Clients): Promise<void> {
  await setLevels(clients, LEVELS[0], GAS_LOW.min);
}

async function setLevels({ call }: Clients, levels: Levels, gasLow: number): Promise<void> {
  const of = { role: 'PAYOUT' } as const;
  await call('thresholds', async ({ admin }) => {
    const { thresholds } = admin.subAccounts;
    for (const asset of ['USDC', 'USDT'])
      await thresholds.set({ chain: CHAIN, asset, of, ...levels, ...WHY });
    await thresholds.set({ chain: CHAIN, asset: 'ETH', of, ...COIN_LEVELS, ...WHY });
    const gas = { low: milliText(gasLow), target: milliText(gasLow + 100) };
    await thresholds.set({ chain: CHAIN, asset: 'ETH', purpose: 'GAS', of, ...gas, ...WHY });
  });
}

function milliText(thousandths: number): string {
  const digits = String(thousandths);
  return `${digits.slice(0, -MILLI)}.${digits.slice(-MILLI)}`;
}
