import { type Database, withTransaction } from '@naru/db/database.ts';
import { sleep } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { listReviews } from '../approval/approval.reader.ts';
import { SEALING_LAG_MS_MAX } from '../audit/audit.limits.ts';
import { logStreams, readSealingLagMs } from '../audit/seal.store.ts';
import { verifyHistory } from '../audit/verify-history.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { checkLedger } from '../ledger/ledger.store.ts';
import { applyToInstallation } from '../setting/apply-settings.ts';
import { readInForce } from '../setting/setting.store.ts';
import { applyFindings, insertCheck } from './alarm.store.ts';
import type { CheckResult, Figure, Finding, Invariant } from './invariants.ts';
import { replayLedger } from './ledger-replay.store.ts';
import { ALARMS_PER_CHECK_MAX, REPLAY_VERSIONS_MAX } from './reconciliation.limits.ts';
import { findReserveMismatches, findReserveMismatchesFast, type Mismatch } from './reconciliation.store.ts';
import { type ChainCheck, checkChain } from './verify.ts';

export type CheckDeps = { db: Database; logger: Logger };
export type CheckOutcome = {
  invariant: Invariant;
  ok: boolean | null;
  findings: number;
  note: string | null;
};

/** Runs one check, keeps its result, and opens and closes the alarms that follow from it, in one transaction. */
export async function checkInvariant(
  deps: CheckDeps,
  invariant: Invariant,
  check: () => Promise<CheckResult>,
): Promise<CheckOutcome> {
  const startedMs = performance.now();
  const result = await check();
  const unknown = result.kind === 'partly' ? result.unknown : [];
  const note = result.kind === 'partly' ? result.note : null;
  const ok = result.findings.length > 0 ? false : unknown.length > 0 ? null : true;
  const { opened, closed } = await withTransaction(deps.db, async (tx) => {
    const durationMs = performance.now() - startedMs;
    await insertCheck(tx, {
      invariant,
      durationMs,
      ok,
      findings: result.findings,
      note,
      figures: result.figures,
    });
    return await applyFindings(tx, invariant, { findings: result.findings, unknown });
  });
  for (const { id, subject, detail } of opened)
    deps.logger.error({ alarmId: id, invariant, subject, detail }, 'alarm: an invariant does not hold');
  for (const { id, subject, openedAt } of closed)
    deps.logger.info(
      { alarmId: id, invariant, subject, openedAt },
      'alarm closed: the invariant holds again',
    );
  return { invariant, ok, findings: result.findings.length, note };
}

/** The rows of each account since the last look, and the totals of all of them. Cheap enough for every minute. */
export async function checkLedgerReplay(db: Database): Promise<CheckResult> {
  const { findings, behind } = await replayLedger(db, REPLAY_VERSIONS_MAX);
  if (behind === 0) return { kind: 'checked', findings };
  const note = `${behind} accounts have more rows than one look replays; the next one goes on`;
  // Nothing is said of them yet: no alarm closes meanwhile.
  return { kind: 'partly', findings, unknown: [''], note };
}

/** Every row of the ledger. Reads all of it: minutes on a large one. */
export async function checkLedgerFull(db: Database): Promise<CheckResult> {
  const problems = await checkLedger(db);
  const findings = problems.map((one) => ({
    subject: `${one.subject}: ${one.invariant}`,
    detail: one.detail,
  }));
  return { kind: 'checked', findings };
}

export async function checkReserves(db: Database, how: 'fast' | 'full'): Promise<CheckResult> {
  const find = how === 'full' ? findReserveMismatches : findReserveMismatchesFast;
  const toFinding = ({ subject, expected, found }: Mismatch): Finding => ({
    subject,
    detail: `open withdrawals and their fees ask for ${expected}, and ${found} is reserved (smallest unit)`,
  });
  return { kind: 'checked', findings: (await find(db)).map(toFinding) };
}

/**
 * Each chain's hot wallets and treasury against its balances. A difference counts when several looks in a row see it: blocks,
 * settlements and nodes are never at exactly the same moment. A chain that cannot be asked leaves its alarms alone.
 */
export async function checkChains(
  deps: CheckDeps,
  chains: readonly { chain: Chain; port: ChainPort }[],
  options: { signal?: AbortSignal; lookAgainMs?: number } = {},
): Promise<CheckResult> {
  const { chainLooks, chainLookAgainMs } = applyToInstallation(await readInForce(deps.db));
  const looks = { looks: chainLooks, lookAgainMs: chainLookAgainMs, ...options };
  const findings: Finding[] = [];
  const figures: Figure[] = [];
  const unreachable: string[] = [];
  for (const { chain, port } of chains) {
    try {
      const looked = await lookRepeatedly(deps.db, chain, port, looks);
      findings.push(...looked.findings);
      figures.push(...looked.figures);
    } catch (error) {
      unreachable.push(chain.id);
      deps.logger.warn({ chain: chain.id, error: errorText(error) }, 'the balances could not be read');
    }
  }
  if (unreachable.length === 0) return { kind: 'checked', findings, figures };
  return {
    kind: 'partly',
    findings,
    figures,
    unknown: unreachable.map((id) => `${id}:`),
    note: `could not be asked: ${unreachable.join(', ')}`,
  };
}

async function lookRepeatedly(
  db: Database,
  chain: Chain,
  port: ChainPort,
  options: { signal?: AbortSignal; looks: number; lookAgainMs: number },
): Promise<{ findings: Finding[]; figures: Figure[] }> {
  let figures: Figure[] = [];
  let differing: ChainCheck[] = [];
  for (let look = 1; look <= options.looks; look++) {
    if (look > 1) await sleep(options.lookAgainMs, options.signal);
    const checks = await checkChain(db, chain, port);
    figures = checks.map(toFigure);
    differing = checks.filter(
      (check) =>
        !check.agrees && (look === 1 || differing.some((one) => subjectOf(one) === subjectOf(check))),
    );
    if (differing.length === 0) return { findings: [], figures };
  }
  const findings = differing.map((check) => {
    const amount = (units: bigint) => formatAmount(units, check.decimals);
    return {
      subject: subjectOf(check),
      detail: `the ledger has ${amount(check.ledger)}, the chain ${amount(check.onChain)}, in flight ${amount(check.inFlight)}`,
    };
  });
  return { findings, figures };
}

function toFigure({ assetId, decimals, holder, ledger, onChain, inFlight, agrees }: ChainCheck): Figure {
  const texts = { ledger: String(ledger), onChain: String(onChain), inFlight: String(inFlight) };
  return { assetId, decimals, holder, ...texts, agrees };
}

function subjectOf({ assetId, holder }: ChainCheck): string {
  return holder === 'TREASURY' ? `${assetId} of the treasury` : assetId;
}

/** All seals and all rows that they cover. */
export async function checkHistory(db: Database, signal?: AbortSignal): Promise<CheckResult> {
  const report = await verifyHistory({ db }, signal === undefined ? {} : { signal });
  const findings = report.problems.map(({ kind, subject, detail }) => ({
    subject: `${subject}: ${kind}`,
    detail,
  }));
  if (signal?.aborted !== true) return { kind: 'checked', findings };
  return { kind: 'partly', findings, unknown: [''], note: 'ended by its time limit before the last seal' };
}

/** Emergency approvals by one person alone that no second person has looked at. */
export async function checkEmergencyApprovals(db: Database): Promise<CheckResult> {
  const due = await listReviews(
    db,
    { organisationId: null, confirmation: 'DUE' },
    { limit: ALARMS_PER_CHECK_MAX, after: null },
  );
  const findings = due.data.map((review) => {
    const alone = review.votes.find((vote) => vote.decision === 'APPROVE_ALONE');
    return {
      subject: toPublicId('review', review.id),
      detail: `${alone?.holder ?? 'somebody'} alone released ${formatAmount(review.amount, review.decimals)} ${review.asset} to ${review.to} (${alone?.reason ?? 'no reason'}): a second person must confirm it or object`,
    };
  });
  return { kind: 'checked', findings };
}

export async function checkSealing(db: Database): Promise<CheckResult> {
  const findings: Finding[] = [];
  for (const stream of logStreams) {
    const lagMs = await readSealingLagMs(db, stream);
    if (lagMs !== null && lagMs > SEALING_LAG_MS_MAX)
      findings.push({
        subject: stream,
        detail: `its oldest row without a seal is ${Math.round(lagMs / 60_000)} minutes old: is a jobs role running?`,
      });
  }
  return { kind: 'checked', findings };
}
