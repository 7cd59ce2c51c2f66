import type { PolicyDocumentInput } from '@naru/wire/policy-document.ts';
import type { Clients } from '../clients.ts';
import type { TortureStack } from '../torture-stack.ts';

/**
 * Rules of every sort, so that each of `Ruling` comes to pass. A payout of a unit or two is worth some thousand won;
 * what people decide about is worth 135,000 at least, and 540,000 where two must agree.
 */
const KRW_PER_USD = '1350';
const USD_PER = { USDC: '1', USDT: '1', ETH: '3000' } as const;
const PER_WITHDRAWAL_KRW_MAX = '2000000';
const RULES: PolicyDocumentInput = {
  screening: { sources: ['ORACLE'], patienceMinutes: 1_440 },
  // Recipients are fresh: a second one to the same address would be a payout that nobody asked for. The window is short,
  // since with more than 2,000 withdrawals in it people are asked.
  velocity: [{ name: 'once to an address', per: 'ADDRESS', windowMinutes: 1, countMax: 1, action: 'DENY' }],
  approvals: {
    steps: [
      { fromKrw: '100000', quorum: 1 },
      { fromKrw: '400000', quorum: 2 },
    ],
    expiresInHours: 24,
  },
};

/** Switches them on, and resolves with the moment from which they are in force, milliseconds since 1970. */
export async function switchOnRules(stack: TortureStack, clients: Clients): Promise<number> {
  const { organisationId, outlaws } = stack;
  const call = clients.call;
  const setPair = (base: string, quote: 'KRW' | 'USD', rate: string) =>
    call(`the rate ${base}/${quote}`, async (naru) => {
      await naru.admin.exchangeRates.setPair({ base, quote, source: 'OPERATOR' });
      await naru.admin.exchangeRates.set({ base, quote, rate });
    });
  await setPair('USD', 'KRW', KRW_PER_USD);
  for (const [asset, rate] of Object.entries(USD_PER)) await setPair(asset, 'USD', rate);
  await call('the tier', async (naru) => {
    const none = { dailyKrwMax: null, monthlyKrwMax: null, dailyCountMax: null, monthlyCountMax: null };
    const code = 'torture';
    const perWithdrawalKrwMax = PER_WITHDRAWAL_KRW_MAX;
    await naru.admin.tiers.set({ ...none, code, name: 'Torture', perWithdrawalKrwMax });
    await naru.admin.tiers.assign({ organisationId, code });
  });
  for (const address of outlaws.blocked)
    await call(`the block of ${address}`, (naru) =>
      naru.admin.blockList.add({ chain: null, address, reason: 'torture' }),
    );
  const active = await call('the policy', async (naru) => {
    const draft = await naru.admin.policies.create({ organisationId, document: RULES, note: 'torture' });
    return await naru.admin.policies.activate(draft.id);
  });
  return Date.parse(active.effectiveAt ?? '');
}
