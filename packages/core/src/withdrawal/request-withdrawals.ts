import { createHash } from 'node:crypto';
import type { Database, Tx } from '@naru/db/database.ts';
import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuidAt, toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { Caller } from '../access/access.ts';
import type { Catalogue } from '../chain/chain.ts';
import { claimKeys, type KeyClaim, recordRefusals } from '../command/idempotency.store.ts';
import { keyRefusals } from '../command/run-once.ts';
import { selectDepositAddresses } from '../deposit/deposit-address.store.ts';
import { judgeAtSubmit, recordValued, type Valued } from '../policy/check-at-submit.ts';
import { noRules, type Rules } from '../policy/rules.ts';
import { type CheckedRequest, checkRequest, depositAddressProblem } from './check-request.ts';
import { asFirstAnswered, firstAnswer, timeOfUuid } from './first-answer.ts';
import { holdAmounts } from './hold-amounts.ts';
import type { Refusal } from './withdrawal.errors.ts';
import { readWithdrawalsById } from './withdrawal.reader.ts';
import { addUsage, insertWithdrawals, lockUsage, type NewWithdrawal, signal } from './withdrawal.store.ts';
import type { Withdrawal, WithdrawalRequest } from './withdrawal.ts';
import type { CommandResult } from './withdrawals.ts';

export type RequestCommand = { caller: Caller; idempotencyKey: string; request: WithdrawalRequest };

/** `in_flight`: another process is at work on the same key; worth another look soon. */
export type RequestAnswer = CommandResult<Withdrawal> | { kind: 'in_flight' };

const COMMAND = 'request-withdrawal';

/** SHA-256 over the request in one fixed order of fields, so that the same request always hashes the same. */
export function hashRequest(request: WithdrawalRequest): Buffer {
  const { chain, asset, to, amount, reference, priority, metadata } = request;
  const entries = Object.entries(metadata).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([chain, asset, to, amount, reference, priority, entries]))
    .digest();
}

type Entry = {
  command: RequestCommand;
  inputHash: Buffer;
  id: string;
  createdAt: Date;
  checked: ReturnType<typeof checkRequest>;
};

/**
 * Accepts or refuses a list of independent requests in one transaction: key, hold, row, event and answer are kept
 * together or not at all. The answers are in the order of the commands; one refusal does not hinder the others.
 */
export async function requestWithdrawals(
  deps: { db: Database },
  catalogue: Catalogue,
  commands: readonly RequestCommand[],
  rules: Rules = noRules,
  /** What else belongs into the transaction that accepts these. */
  also: (tx: Tx, acceptedIds: readonly string[]) => Promise<void> = async () => undefined,
): Promise<RequestAnswer[]> {
  const distinct = new Map<string, Entry>();
  for (const command of commands) {
    const name = `${command.caller.organisationId}/${command.idempotencyKey}`;
    if (distinct.has(name)) continue;
    const id = newUuidAt(rules.now());
    distinct.set(name, {
      command,
      inputHash: hashRequest(command.request),
      id,
      createdAt: timeOfUuid(id),
      checked: checkRequest(catalogue, command.caller, command.request),
    });
  }
  const entries = [...distinct.values()];
  const outcomes = await withTransaction(deps.db, async (tx) => {
    const decided = await decide(tx, catalogue, entries, rules);
    await also(
      tx,
      entries.filter((entry) => decided.get(entry)?.kind === 'accepted').map((entry) => entry.id),
    );
    return decided;
  });

  const replays = [...outcomes.values()].flatMap((outcome) =>
    outcome.kind === 'done' && outcome.resourceId !== null ? [outcome.resourceId] : [],
  );
  const earlier = await readWithdrawalsById(deps.db, replays);
  return commands.map((command) => {
    const name = `${command.caller.organisationId}/${command.idempotencyKey}`;
    const entry = assertPresent(distinct.get(name), 'entry of a command');
    const outcome = assertPresent(outcomes.get(entry), 'outcome of a command');
    // The same key twice in one list: the first is the command, the others are answered from it.
    const isFirst = entry.command === command;
    if (!isFirst && !hashRequest(command.request).equals(entry.inputHash)) return keyReused();
    return toAnswer(entry, outcome, earlier, !isFirst);
  });
}

type Outcome = KeyClaim | { kind: 'accepted' } | { kind: 'refused'; refusal: Refusal };

async function decide(
  tx: Tx,
  catalogue: Catalogue,
  entries: readonly Entry[],
  rules: Rules,
): Promise<Map<Entry, Outcome>> {
  const claims = await claimKeys(
    tx,
    entries.map((entry) => ({
      organisationId: entry.command.caller.organisationId,
      key: entry.command.idempotencyKey,
      command: COMMAND,
      inputHash: entry.inputHash,
      resourceId: entry.id,
    })),
  );
  const outcomes = new Map<Entry, Outcome>();
  const fresh: Checked[] = [];
  for (const [index, entry] of entries.entries()) {
    const claim = assertPresent(claims[index], 'claim of a key');
    if (claim.kind !== 'new') outcomes.set(entry, claim);
    else if (!entry.checked.ok) outcomes.set(entry, { kind: 'refused', refusal: entry.checked.refusal });
    else fresh.push({ entry, checked: entry.checked.value });
  }
  // One moment for looking at a day's usage and adding to it, or a clock that differs would do each on another day.
  const at = rules.now();
  const outward = await refuseOwnAddresses(tx, catalogue, fresh, outcomes);
  const withinLimits = await applyRules(
    tx,
    rules,
    await applyLimits(tx, outward, at, outcomes),
    at,
    outcomes,
  );
  // Heard at the commit. Before the hold: from there on every other process waits for the ledger accounts, so nothing
  // may follow that could have come before.
  if (withinLimits.length > 0) await signal(tx, 'naru_processor');
  const accepted = await hold(tx, withinLimits, outcomes);
  await addUsage(
    tx,
    accepted
      .filter(({ hasCeiling }) => hasCeiling)
      .map(({ entry, checked }) => ({
        organisationId: entry.command.caller.organisationId,
        assetId: checked.asset.id,
        amount: checked.amount,
        at,
      })),
  );
  await insertWithdrawals(
    tx,
    accepted.map(({ entry, checked }) => toNewWithdrawal(entry, checked)),
  );
  await recordValued(
    tx,
    accepted.flatMap(({ valued }) => valued ?? []),
    at,
  );
  await recordRefusals(
    tx,
    [...outcomes].flatMap(([entry, outcome]) =>
      outcome.kind === 'refused'
        ? [
            {
              organisationId: entry.command.caller.organisationId,
              key: entry.command.idempotencyKey,
              refusal: outcome.refusal,
            },
          ]
        : [],
    ),
  );
  return outcomes;
}

/**
 * Paying one of our own deposit addresses would move money in a circle, for gas. They may be too many to be remembered, so
 * the database is asked once for all of the list, and only where a chain has any.
 */
async function refuseOwnAddresses<F extends { entry: Entry; checked: CheckedRequest }>(
  tx: Tx,
  catalogue: Catalogue,
  fresh: readonly F[],
  outcomes: Map<Entry, Outcome>,
): Promise<readonly F[]> {
  const asked = fresh.filter(({ checked }) => catalogue.depositChains.has(checked.chain.id));
  if (asked.length === 0) return fresh;
  const own = await selectDepositAddresses(
    tx,
    asked.map(({ checked }) => ({ chainId: checked.chain.id, address: checked.to })),
  );
  if (own.size === 0) return fresh;
  return fresh.filter(({ entry, checked }) => {
    if (!own.has(`${checked.chain.id}/${checked.to}`)) return true;
    outcomes.set(entry, {
      kind: 'refused',
      refusal: {
        code: 'validation_failed',
        message: 'The request has fields that cannot be accepted.',
        retryable: false,
        errors: [depositAddressProblem('/to')],
      },
    });
    return false;
  });
}

type Checked = { entry: Entry; checked: CheckedRequest };
type Fresh = Checked & {
  hasCeiling: boolean;
  /** What it is worth, where a tier or a policy asks for it. */
  valued: Valued | null;
};

/** Ceilings per withdrawal and day, in the order of the list: each accepted one counts for those after it. */
async function applyLimits(
  tx: Tx,
  fresh: readonly Checked[],
  at: Date,
  outcomes: Map<Entry, Outcome>,
): Promise<Fresh[]> {
  const pairs = new Map(
    fresh.map(({ entry, checked }) => {
      const pair = { organisationId: entry.command.caller.organisationId, assetId: checked.asset.id };
      return [`${pair.organisationId}/${pair.assetId}`, pair];
    }),
  );
  if (pairs.size === 0) return [];
  const usages = new Map(
    (await lockUsage(tx, [...pairs.values()], at)).map((usage) => [
      `${usage.organisationId}/${usage.assetId}`,
      { ...usage },
    ]),
  );
  const kept: Fresh[] = [];
  for (const { entry, checked } of fresh) {
    const usage = usages.get(`${entry.command.caller.organisationId}/${checked.asset.id}`);
    if (usage === undefined) {
      kept.push({ entry, checked, hasCeiling: false, valued: null });
    } else if (checked.amount > usage.perWithdrawalMax || usage.used + checked.amount > usage.dailyMax) {
      const which = checked.amount > usage.perWithdrawalMax ? 'one withdrawal' : 'a day';
      outcomes.set(entry, {
        kind: 'refused',
        refusal: {
          code: 'limit_exceeded',
          message: `The amount exceeds your limit for ${which} of ${checked.asset.code}.`,
          retryable: false,
        },
      });
    } else {
      usage.used += checked.amount;
      kept.push({ entry, checked, hasCeiling: true, valued: null });
    }
  }
  return kept;
}

/** Blocked addresses, the address book, the tier's ceilings. */
async function applyRules(
  tx: Tx,
  rules: Rules,
  fresh: readonly Fresh[],
  at: Date,
  outcomes: Map<Entry, Outcome>,
): Promise<Fresh[]> {
  const judgements = await judgeAtSubmit(
    tx,
    rules,
    fresh.map(({ entry, checked }) => ({
      id: entry.id,
      organisationId: entry.command.caller.organisationId,
      asset: checked.asset,
      to: checked.to,
      amount: checked.amount,
      createdAt: entry.createdAt,
    })),
    at,
  );
  return fresh.flatMap((one, index) => {
    const judgement = assertPresent(judgements[index], 'judgement of a request');
    if (judgement.kind === 'free') return [one];
    if (judgement.kind === 'valued') return [{ ...one, valued: judgement.valued }];
    outcomes.set(one.entry, { kind: 'refused', refusal: judgement.refusal });
    return [];
  });
}

/** Reserves each amount and its fee in the ledger, both or neither; what the balance does not cover is refused. */
async function hold(tx: Tx, fresh: readonly Fresh[], outcomes: Map<Entry, Outcome>): Promise<Fresh[]> {
  const held = await holdAmounts(
    tx,
    fresh.map(({ entry, checked }) => ({
      id: entry.id,
      organisationId: entry.command.caller.organisationId,
      assetId: checked.asset.id,
      amount: checked.amount,
      fee: checked.fee,
    })),
  );
  return fresh.filter(({ entry, checked }, index) => {
    if (held[index] === true) {
      outcomes.set(entry, { kind: 'accepted' });
      return true;
    }
    outcomes.set(entry, { kind: 'refused', refusal: notCovered(checked) });
    return false;
  });
}

export function notCovered({ asset, chain, fee }: Pick<CheckedRequest, 'asset' | 'chain' | 'fee'>): Refusal {
  const what = fee === 0n ? 'amount' : `amount and its fee of ${formatAmount(fee, asset.decimals)}`;
  return {
    code: 'insufficient_balance',
    message: `Your available balance of ${asset.code} on ${chain.id} does not cover this ${what}.`,
    retryable: false,
  };
}

function toNewWithdrawal(entry: Entry, checked: CheckedRequest): NewWithdrawal {
  return {
    id: entry.id,
    organisationId: entry.command.caller.organisationId,
    chainId: checked.chain.id,
    assetId: checked.asset.id,
    to: checked.to,
    amount: checked.amount,
    fee: checked.fee,
    feeScheduleId: checked.feeScheduleId,
    priority: checked.request.priority,
    reference: checked.request.reference,
    metadata: checked.request.metadata,
    createdAt: entry.createdAt,
    actor: `api_key:${toPublicId('apiKey', entry.command.caller.apiKeyId)}`,
  };
}

function keyReused(): RequestAnswer {
  return { kind: 'refused', replayed: false, refusal: keyRefusals.reused };
}

function toAnswer(
  entry: Entry,
  outcome: Outcome,
  earlier: ReadonlyMap<string, Withdrawal>,
  replayed: boolean,
): RequestAnswer {
  switch (outcome.kind) {
    case 'in_flight':
      return { kind: 'in_flight' };
    case 'reused':
      return keyReused();
    case 'refused':
      return { kind: 'refused', refusal: outcome.refusal, replayed };
    case 'accepted':
    case 'new': {
      if (!entry.checked.ok) throw new Error('an accepted request was not checked');
      return {
        kind: 'done',
        value: firstAnswer({ ...entry, ...entry.command.caller }, entry.checked.value),
        replayed,
      };
    }
    case 'done': {
      if (outcome.refusal !== null) return { kind: 'refused', refusal: outcome.refusal, replayed: true };
      const withdrawal = assertPresent(
        earlier.get(assertPresent(outcome.resourceId, 'resource of a key')),
        'withdrawal of a key',
      );
      return { kind: 'done', value: asFirstAnswered(withdrawal), replayed: true };
    }
  }
}
