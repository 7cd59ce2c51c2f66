import { type PolicyDocument, type PolicyDocumentInput, policyDocument } from '@naru/wire/policy-document.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import { FACTS_AT, factsOf, historyRowOf } from './policy.fixture.ts';
import type { Facts, HistoryRow, ScreeningFact, Verdict } from './policy.ts';

const documentOf = (input: PolicyDocumentInput = {}): PolicyDocument => policyDocument.parse(input);
const judged = (input: PolicyDocumentInput, facts: Partial<Facts> = {}) =>
  evaluate(documentOf(input), factsOf(facts));
const codes = (input: PolicyDocumentInput, facts: Partial<Facts> = {}) => {
  const { verdict, reasons } = judged(input, facts);
  return [verdict, ...reasons.map((reason) => reason.code)];
};
const hoursAgo = (hours: number) => new Date(FACTS_AT.getTime() - hours * 3_600_000);

describe('a rule alone', () => {
  test('an empty document allows', () => {
    expect(judged({})).toEqual({ verdict: 'ALLOW', score: 0, reasons: [], approvalsRequired: 0 });
  });

  test('a blocked address is denied, with the operator’s words', () => {
    const { verdict, reasons } = judged({}, { blockedWhy: 'ticket 12' });
    expect([verdict, reasons[0]?.text]).toEqual(['DENY', expect.stringContaining('is blocked: ticket 12')]);
  });

  test('allow-only: an address that left the book since, or is cooling off, goes to a person', () => {
    const addressBook = { mode: 'ALLOW_ONLY', coolingOffHours: 24 } as const;
    expect(codes({ addressBook }, { inBookSince: null })).toEqual(['REVIEW', 'address_not_in_book']);
    expect(codes({ addressBook }, { inBookSince: hoursAgo(23) })).toEqual(['REVIEW', 'address_cooling_off']);
    expect(codes({ addressBook }, { inBookSince: hoursAgo(24) })).toEqual(['ALLOW']);
    expect(codes({}, { inBookSince: null })).toEqual(['ALLOW']);
  });

  test('screening: listed is denied (or reviewed), clear passes, silence goes to a person', () => {
    const screening = { sources: ['ORACLE', 'LIST'] } as const;
    const answers = (oracle: ScreeningFact['answer'], list: ScreeningFact['answer']): ScreeningFact[] => [
      { source: 'ORACLE', answer: oracle, category: null, detail: null },
      { source: 'LIST', answer: list, category: null, detail: 'OFAC, 2026-01-01' },
    ];
    const by = (oracle: ScreeningFact['answer'], list: ScreeningFact['answer']) =>
      codes(
        { screening: { ...screening, sources: [...screening.sources] } },
        { screening: answers(oracle, list) },
      );
    expect(by('CLEAR', 'CLEAR')).toEqual(['ALLOW']);
    expect(by('CLEAR', 'LISTED')).toEqual(['DENY', 'sanctioned']);
    expect(by('MISSING', 'CLEAR')).toEqual(['REVIEW', 'screening_unavailable']);
    expect(by('MISSING', 'LISTED')).toEqual(['DENY', 'sanctioned', 'screening_unavailable']);
    expect(codes({ screening: { sources: ['LIST'] } })).toEqual(['REVIEW', 'screening_unavailable']);
    const asReview = { sources: ['LIST'] as ('LIST' | 'ORACLE')[], onListed: 'REVIEW' as const };
    expect(codes({ screening: asReview }, { screening: answers('CLEAR', 'LISTED') })).toEqual([
      'REVIEW',
      'sanctioned',
    ]);
  });

  test('velocity counts a window that ends with this withdrawal, by organisation or address', () => {
    const rule = { name: '3 an hour', windowMinutes: 60, countMax: 3, action: 'DENY' } as const;
    const history = [historyRowOf(1), historyRowOf(59), historyRowOf(60)];
    const by = (per: 'ORGANISATION' | 'ADDRESS', rows: HistoryRow[]) =>
      codes({ velocity: [{ ...rule, per }] }, { history: rows });
    expect(by('ORGANISATION', history)).toEqual(['ALLOW']); // the third is an hour old
    expect(by('ORGANISATION', [historyRowOf(0), ...history])).toEqual(['DENY', 'velocity']);
    const elsewhere = historyRowOf(2, { to: '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB' });
    expect(by('ADDRESS', [elsewhere, elsewhere, elsewhere])).toEqual(['ALLOW']);
    const perAddress = { velocity: [{ ...rule, per: 'ADDRESS' as const }] };
    expect(codes(perAddress, { addressHistory: history })).toEqual(['ALLOW']);
    expect(codes(perAddress, { addressHistory: [historyRowOf(0), ...history] })).toEqual([
      'DENY',
      'velocity',
    ]);
  });

  test('velocity adds up won, and what has none goes to a person', () => {
    const rule = {
      name: 'five million a day',
      per: 'ORGANISATION',
      windowMinutes: 1_440,
      amountKrwMax: '5000000',
      action: 'DENY',
    } as const;
    const of = (history: HistoryRow[]) => codes({ velocity: [rule] }, { history });
    expect(of([historyRowOf(10), historyRowOf(20)])).toEqual(['ALLOW']);
    expect(of([historyRowOf(10), historyRowOf(20), historyRowOf(30)])).toEqual(['DENY', 'velocity']);
    expect(of([historyRowOf(10, { amountKrw: null })])).toEqual(['REVIEW', 'velocity_unknown']);
  });

  test('more history than can be read is never taken for less', () => {
    const count = {
      name: 'n',
      per: 'ORGANISATION',
      windowMinutes: 60,
      countMax: 2_000,
      action: 'DENY',
    } as const;
    const cut = { history: [historyRowOf(1)], isHistoryCut: true };
    expect(codes({ velocity: [count] }, cut)).toEqual(['DENY', 'velocity']);
    // What the organisation asked for elsewhere is no matter of a rule for an address.
    const perAddress = { velocity: [{ ...count, per: 'ADDRESS' as const }] };
    expect(codes(perAddress, cut)).toEqual(['ALLOW']);
    const cutThere = { addressHistory: [historyRowOf(1)], isAddressHistoryCut: true };
    expect(codes(perAddress, cutThere)).toEqual(['DENY', 'velocity']);
    const whole = { history: [historyRowOf(1), historyRowOf(61)], isHistoryCut: true };
    expect(codes({ velocity: [count] }, whole)).toEqual(['ALLOW']);
  });

  test('an amount without a value goes to as many people as the largest amount', () => {
    const approvals = {
      steps: [
        { fromKrw: '1', quorum: 2 },
        { fromKrw: '1000000000', quorum: 3 },
      ],
    };
    const { verdict, reasons, approvalsRequired } = judged(
      { approvals },
      { amountKrw: null, unvaluedWhy: 'the last rate is too old' },
    );
    expect([verdict, reasons.map(({ code }) => code), approvalsRequired]).toEqual([
      'REVIEW',
      ['amount_not_valued'],
      3,
    ]);
    expect(reasons[0]?.text).toContain('the last rate is too old');
  });

  test('approvals: so many people from a value on, at the won', () => {
    const approvals = {
      steps: [
        { fromKrw: '1350000', quorum: 1 },
        { fromKrw: '10000000', quorum: 2 },
      ],
    };
    const by = (amountKrw: bigint) => {
      const { verdict, approvalsRequired } = judged({ approvals }, { amountKrw });
      return [verdict, approvalsRequired];
    };
    expect(by(1_349_999n)).toEqual(['ALLOW', 0]);
    expect(by(1_350_000n)).toEqual(['REVIEW', 1]);
    expect(by(9_999_999n)).toEqual(['REVIEW', 1]);
    expect(by(10_000_000n)).toEqual(['REVIEW', 2]);
  });
});

describe('the risk score', () => {
  const risk = {
    reviewAt: 50,
    denyAt: 80,
    newDestination: 30,
    unusualAmount: { points: 25, times: 3 },
    hours: { points: 20, from: 22, to: 6 },
    velocity: { points: 10, windowMinutes: 10, countMin: 3 },
    recentAddress: { points: 15, withinHours: 48 },
    categories: { mixer: 40 },
    refusals: { points: 10, countMin: 2 },
  };
  const paid = historyRowOf(5_000);

  test('is the sum of its factors, each with its points and a reason', () => {
    const night = new Date('2026-03-02T15:30:00Z'); // half past midnight in Seoul
    const { score, verdict, reasons } = judged(
      { risk },
      { at: night, isKnownDestination: false, amount: 3_000_000_001n, history: [paid] },
    );
    expect([score, verdict]).toEqual([75, 'REVIEW']);
    expect(reasons.map(({ code, points }) => [code, points])).toEqual([
      ['risk_score', null],
      ['risk_new_destination', 30],
      ['risk_unusual_amount', 25],
      ['risk_hours', 20],
    ]);
    expect(reasons[0]?.text).toBe('the risk score is 75, from 50 on it is reviewed');
  });

  test('below the threshold it is kept and decides nothing', () => {
    const { score, verdict, reasons } = judged({ risk }, { isKnownDestination: false, history: [paid] });
    expect([score, verdict, reasons.length]).toEqual([30, 'ALLOW', 1]);
  });

  test('never exceeds 100, and denies from its ceiling on', () => {
    const { score, verdict } = judged(
      { risk },
      {
        isKnownDestination: false,
        screening: [{ source: 'LIST', answer: 'CLEAR', category: 'mixer', detail: 'x' }],
        inBookSince: hoursAgo(1),
        history: [
          historyRowOf(1, { failedAt: hoursAgo(0.01), confirmedAt: null }),
          historyRowOf(2, { failedAt: hoursAgo(0.02), confirmedAt: null }),
        ],
      },
    );
    expect([score, verdict]).toEqual([100, 'DENY']);
  });

  test('counts only what was known when it was asked for', () => {
    const later = new Date(FACTS_AT.getTime() + 1);
    const history = [
      historyRowOf(5, { confirmedAt: later }),
      historyRowOf(6, { confirmedAt: null, failedAt: later }),
    ];
    const { reasons } = judged(
      { risk: { reviewAt: 100, unusualAmount: risk.unusualAmount, refusals: { points: 10, countMin: 1 } } },
      { history },
    );
    expect(reasons.map(({ code }) => code)).toEqual(['risk_unusual_amount']);
  });
});

const RANK: Record<Verdict, number> = { ALLOW: 0, REVIEW: 1, DENY: 2 };

const anyDocument = fc
  .record({
    addressBook: fc.record({
      mode: fc.constantFrom('OFF' as const, 'ALLOW_ONLY' as const),
      coolingOffHours: fc.nat(48),
    }),
    velocity: fc.array(
      fc.record({
        name: fc.constant('rule'),
        per: fc.constantFrom('ORGANISATION' as const, 'ADDRESS' as const),
        windowMinutes: fc.integer({ min: 1, max: 3_000 }),
        countMax: fc.integer({ min: 1, max: 6 }),
        amountKrwMax: fc.integer({ min: 1, max: 20_000_000 }).map(String),
        action: fc.constantFrom('REVIEW' as const, 'DENY' as const),
      }),
      { maxLength: 3 },
    ),
    screening: fc.option(fc.constant({ sources: ['LIST'] as ('LIST' | 'ORACLE')[] })),
    risk: fc.option(
      fc.record({
        reviewAt: fc.integer({ min: 1, max: 50 }),
        denyAt: fc.option(fc.integer({ min: 50, max: 100 })),
        newDestination: fc.nat(60),
        unusualAmount: fc.option(fc.record({ points: fc.nat(60), times: fc.integer({ min: 2, max: 5 }) })),
        hours: fc.option(fc.record({ points: fc.nat(60), from: fc.nat(23), to: fc.nat(23) })),
        velocity: fc.option(
          fc.record({
            points: fc.nat(60),
            windowMinutes: fc.integer({ min: 1, max: 600 }),
            countMin: fc.integer({ min: 2, max: 4 }),
          }),
        ),
      }),
    ),
    approvals: fc.record({
      steps: fc
        .uniqueArray(fc.integer({ min: 1, max: 9_000_000 }), { maxLength: 3 })
        .map((values) =>
          values
            .sort((one, other) => one - other)
            .map((value, index) => ({ fromKrw: String(value), quorum: index + 1 })),
        ),
    }),
  })
  .map((input) => documentOf(input));

const anyFacts = fc
  .record({
    amount: fc.bigInt({ min: 1n, max: 10n ** 10n }),
    isKnownDestination: fc.boolean(),
    inBookSince: fc.option(fc.nat(72).map(hoursAgo)),
    blockedWhy: fc.option(fc.constant('a reason'), { freq: 8 }),
    answer: fc.constantFrom('CLEAR' as const, 'LISTED' as const, 'MISSING' as const),
    history: fc.array(
      fc.record({
        minutes: fc.nat(3_000),
        amount: fc.bigInt({ min: 1n, max: 10n ** 10n }),
        isPaid: fc.boolean(),
      }),
      { maxLength: 6 },
    ),
    isHistoryCut: fc.boolean(),
  })
  .map(({ answer, history, ...facts }) =>
    factsOf({
      ...facts,
      amountKrw: facts.amount / 1_000n,
      screening: [{ source: 'LIST', answer, category: null, detail: null }],
      history: history
        .sort((one, other) => one.minutes - other.minutes)
        .map(({ minutes, amount, isPaid }) =>
          historyRowOf(minutes, {
            amount,
            amountKrw: amount / 1_000n,
            ...(isPaid ? {} : { confirmedAt: null }),
          }),
        ),
    }),
  );

describe('whatever the document and the facts', () => {
  test('a larger amount is never judged more mildly, nor by fewer people', () => {
    fc.assert(
      fc.property(anyDocument, anyFacts, fc.bigInt({ min: 0n, max: 10n ** 10n }), (document, facts, more) => {
        const larger = { ...facts, amount: facts.amount + more, amountKrw: (facts.amount + more) / 1_000n };
        const [before, after] = [evaluate(document, facts), evaluate(document, larger)];
        expect(RANK[after.verdict]).toBeGreaterThanOrEqual(RANK[before.verdict]);
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        if (after.verdict === 'REVIEW')
          expect(after.approvalsRequired).toBeGreaterThanOrEqual(before.approvalsRequired);
      }),
    );
  });

  test('not knowing is never judged more mildly than knowing', () => {
    fc.assert(
      fc.property(anyDocument, anyFacts, (document, facts) => {
        const { verdict } = evaluate(document, facts);
        const unvalued = evaluate(document, { ...facts, amountKrw: null });
        expect(unvalued.verdict).not.toBe('ALLOW');
        const silent = facts.screening.map((fact) => ({ ...fact, answer: 'MISSING' as const }));
        const clear = facts.screening.map((fact) => ({ ...fact, answer: 'CLEAR' as const }));
        const worse = evaluate(document, { ...facts, screening: silent }).verdict;
        expect(RANK[worse]).toBeGreaterThanOrEqual(
          RANK[evaluate(document, { ...facts, screening: clear }).verdict],
        );
        if (facts.isHistoryCut) return;
        expect(RANK[evaluate(document, { ...facts, isHistoryCut: true }).verdict]).toBeGreaterThanOrEqual(
          RANK[verdict],
        );
      }),
    );
  });

  test('the answer is whole: the same again, a reason for whatever is not allowed, people for a review', () => {
    fc.assert(
      fc.property(anyDocument, anyFacts, (document, facts) => {
        const evaluation = evaluate(document, facts);
        expect(evaluate(document, facts)).toEqual(evaluation);
        expect(evaluation.score >= 0 && evaluation.score <= 100).toBe(true);
        expect(evaluation.verdict === 'ALLOW').toBe(
          evaluation.reasons.every(({ points }) => points !== null),
        );
        expect(evaluation.verdict === 'REVIEW').toBe(evaluation.approvalsRequired > 0);
      }),
    );
  });
});

test('a document that says something impossible is refused', () => {
  const isValid = (input: unknown) => policyDocument.safeParse(input).success;
  expect(isValid({})).toBe(true);
  expect(isValid({ nonsense: 1 })).toBe(false);
  expect(isValid({ risk: { reviewAt: 60, denyAt: 50 } })).toBe(false);
  expect(isValid({ velocity: [{ name: 'x', per: 'ADDRESS', windowMinutes: 1, action: 'DENY' }] })).toBe(
    false,
  );
  const steps = (...list: [string, number][]) => ({
    approvals: { steps: list.map(([fromKrw, quorum]) => ({ fromKrw, quorum })) },
  });
  expect(isValid(steps(['1', 1], ['2', 2]))).toBe(true);
  expect(isValid(steps(['2', 1], ['1', 2]))).toBe(false);
  expect(isValid(steps(['1', 2], ['2', 1]))).toBe(false);
  expect(isValid(steps(['1.5', 1]))).toBe(false);
});
