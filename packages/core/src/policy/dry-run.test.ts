import { openDatabase } from '@naru/db/database.ts';
import { policyDocument } from '@naru/wire/policy-document.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { createWorld, type World } from '../withdrawal/withdrawal.fixture.ts';
import { dryRunPolicy } from './dry-run.ts';
import { giveActivePolicy, dayRules as rules, setRates, submitFresh, takeUpAll } from './policy.fixture.ts';
import { readRules } from './rules.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await setRates(world.db);
});
afterAll(() => world.close());

const submit = (owner: Caller, amount: string, to?: string) => submitFresh(world.db, owner, amount, to);

describe('a dry run', () => {
  test('says of the same withdrawals what was said in earnest, and writes nothing', async () => {
    const owner = await world.owner();
    const to = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';
    const document = policyDocument.parse({
      ...rules,
      risk: {
        reviewAt: 60,
        newDestination: 20,
        unusualAmount: { points: 20, times: 2 },
        velocity: { points: 20, windowMinutes: 60, countMin: 3 },
      },
    });
    await giveActivePolicy(world.db, owner.organisationId, document);
    for (const amount of ['1', '50', '101', '3', '700', '400', '2']) await submit(owner, amount, to);
    await takeUpAll(world.db);
    const readOnly = openDatabase({
      databaseUrl: `${world.database.url}?options=-c%20default_transaction_read_only%3Don`,
      applicationName: 'naru-test-dry-run',
      connectionsMax: 1,
    });
    try {
      const { assets } = await readCatalogue(world.db);
      const target = { assets, rules: await readRules(world.db) };
      const run = (over: object) =>
        dryRunPolicy({ db: readOnly }, target, {
          organisationId: owner.organisationId,
          document: policyDocument.parse(over),
          days: 7,
        });
      const same = await run(document);
      expect(same.total).toBe(7);
      expect(same.changes.every(({ happened, verdict }) => happened === verdict)).toBe(true);
      expect(same.changes.length).toBe(3);
      const open = await run({});
      expect(open.verdicts).toEqual({ ALLOW: 7, REVIEW: 0, DENY: 0 });
      expect(open.changes.map(({ happened }) => happened).sort()).toEqual(['ALLOW', 'DENY', 'REVIEW']);
      const screened = await run({ screening: { sources: ['ORACLE'] } });
      expect([screened.verdicts.ALLOW, screened.notScreened]).toEqual([7, 7]);
    } finally {
      await readOnly.destroy();
    }
  });

  test('values what was never valued at the rates of now', async () => {
    const owner = await world.owner();
    await submit(owner, '100');
    const { assets } = await readCatalogue(world.db);
    const report = await dryRunPolicy(
      { db: world.db },
      { assets, rules: await readRules(world.db) },
      { organisationId: owner.organisationId, document: rules, days: 1 },
    );
    expect(report).toMatchObject({
      total: 1,
      valuedNow: 1,
      verdicts: { REVIEW: 1 },
      changes: [
        {
          happened: 'NONE',
          verdict: 'REVIEW',
          count: 1,
          examples: [{ reasons: [{ code: 'approval_required' }] }],
        },
      ],
      reasons: [{ code: 'approval_required', count: 1 }],
    });
  });
});
