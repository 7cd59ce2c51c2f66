import type { Queryable } from '@naru/db/database.ts';
import type { PolicyDocument } from '@naru/wire/policy-document.ts';
import { findInBook } from '../address-book/address-book.store.ts';
import { findBlocked } from '../address-book/block-list.store.ts';
import { readAnswers, type StoredAnswer } from '../screening/screening.store.ts';
import { findKnownDestinations, type History, readHistories, type Subject } from './facts.store.ts';
import type { Facts, HistoryRow, ScreeningFact } from './policy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export type Governed = { subject: Subject; document: PolicyDocument };

/** How an amount of the past is valued where it was not when it was accepted. Null: it cannot be. */
export type Valuer = (row: { assetId: string; amount: bigint }) => bigint | null;

/**
 * The facts of withdrawals, each as it was when that withdrawal was accepted, in five statements for all of them. Of the
 * address book, the block list and screening it is what they say now: what became known since counts.
 * `answersOfAnyAge`: for a dry run, which looks at times whose answers have been replaced.
 */
export async function gatherFacts(
  db: Queryable,
  governed: readonly Governed[],
  options: { now: Date; valuer: Valuer; answersOfAnyAge?: boolean },
): Promise<Facts[]> {
  const subjects = governed.map(({ subject }) => subject);
  const places = subjects.map(({ chainId, to }) => ({ chainId, address: to }));
  const known = await findKnownDestinations(db, subjects);
  const inBook = await findInBook(
    db,
    subjects.map(({ organisationId, chainId, to }) => ({ organisationId, chainId, address: to })),
  );
  const blocked = await findBlocked(db, places);
  const answers = await readAnswers(db, places);
  const histories = await readHistories(db, spansOf(governed));
  return governed.map(({ subject, document }) => {
    const place = `${subject.chainId}/${subject.to}`;
    const history = histories.get(subject.organisationId) ?? { rows: [], isCut: false };
    const oldestUsed = options.answersOfAnyAge === true ? null : options.now;
    return {
      ...subject,
      unvaluedWhy: subject.amountKrw === null ? (subject.rates?.why ?? null) : null,
      isKnownDestination: known.has(subject.id),
      inBookSince: inBook.get(`${subject.organisationId}/${place}`) ?? null,
      blockedWhy: blocked.get(place) ?? null,
      screening: screeningOf(document, answers.get(place) ?? [], oldestUsed),
      history: historyBefore(subject, history, options.valuer),
      isHistoryCut: history.isCut,
    };
  });
}

function historyBefore(subject: Subject, { rows }: History, valuer: Valuer): HistoryRow[] {
  const before = rows.filter((row) => row.id < subject.id);
  return before.map((row) => (row.amountKrw === null ? { ...row, amountKrw: valuer(row) } : row));
}

/** How far back the rules of a document look. */
function lookBackMs({ velocity, risk }: PolicyDocument): number {
  const windows = velocity.map((rule) => rule.windowMinutes * MINUTE_MS);
  if (risk !== null) {
    const usesHistory = risk.unusualAmount !== null || risk.refusals !== null;
    windows.push(
      usesHistory ? risk.historyDays * DAY_MS : 0,
      (risk.velocity?.windowMinutes ?? 0) * MINUTE_MS,
    );
  }
  return Math.max(0, ...windows);
}

function spansOf(governed: readonly Governed[]) {
  const spans = new Map<string, { organisationId: string; from: Date; lastId: string; subjects: number }>();
  for (const { subject, document } of governed) {
    const backMs = lookBackMs(document);
    if (backMs === 0) continue;
    const { organisationId, id } = subject;
    const from = new Date(subject.at.getTime() - backMs);
    const span = spans.get(organisationId) ?? { organisationId, from, lastId: id, subjects: 0 };
    span.subjects += 1;
    if (from < span.from) span.from = from;
    if (id > span.lastId) span.lastId = id;
    spans.set(organisationId, span);
  }
  return [...spans.values()];
}

export function screeningOf(
  { screening }: PolicyDocument,
  answers: readonly StoredAnswer[],
  now: Date | null,
): ScreeningFact[] {
  if (screening === null) return [];
  return screening.sources.map((source): ScreeningFact => {
    const answer = answers.find((one) => one.source === source);
    const isUsable =
      answer !== undefined &&
      (now === null || now.getTime() - answer.checkedAt.getTime() < screening.resultHours * HOUR_MS);
    if (!isUsable) return { source, answer: 'MISSING', category: null, detail: null };
    const { listed, category, detail } = answer;
    return { source, answer: listed ? 'LISTED' : 'CLEAR', category, detail };
  });
}
