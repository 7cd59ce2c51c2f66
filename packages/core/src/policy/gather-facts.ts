import type { Queryable } from '@naru/db/database.ts';
import type { PolicyDocument, VelocityRule } from '@naru/wire/policy-document.ts';
import { findInBook } from '../address-book/address-book.store.ts';
import { findBlocked } from '../address-book/block-list.store.ts';
import { readAnswers, type StoredAnswer } from '../screening/screening.store.ts';
import {
  findKnownDestinations,
  type History,
  readAddressHistories,
  readHistories,
  type Span,
  type Subject,
} from './facts.store.ts';
import type { Facts, HistoryRow, ScreeningFact } from './policy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NO_HISTORY: History = { rows: [], isCut: false };

export type Governed = { subject: Subject; document: PolicyDocument };

/** How an amount of the past is valued where it was not when it was accepted. Null: it cannot be. */
export type Valuer = (row: { assetId: string; amount: bigint }) => bigint | null;

/**
 * The facts of withdrawals, each as it was when that withdrawal was accepted, in six statements for all of them. Of the
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
  const addressHistories = await readAddressHistories(db, addressSpansOf(governed));
  return governed.map(({ subject, document }) => {
    const place = `${subject.chainId}/${subject.to}`;
    const history = histories.get(subject.organisationId) ?? NO_HISTORY;
    const ofAddress = addressHistories.get(addressKeyOf(subject)) ?? NO_HISTORY;
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
      addressHistory: historyBefore(subject, ofAddress, options.valuer),
      isAddressHistoryCut: ofAddress.isCut,
    };
  });
}

function historyBefore(subject: Subject, { rows }: History, valuer: Valuer): HistoryRow[] {
  const before = rows.filter((row) => row.id < subject.id);
  return before.map((row) => (row.amountKrw === null ? { ...row, amountKrw: valuer(row) } : row));
}

/** How far back the rules of a document look at what one address was paid. */
function addressLookBackMs({ velocity }: PolicyDocument): number {
  return Math.max(0, ...windowsMs(velocity, 'ADDRESS'));
}

function windowsMs(velocity: readonly VelocityRule[], per: VelocityRule['per']): number[] {
  return velocity.filter((rule) => rule.per === per).map((rule) => rule.windowMinutes * MINUTE_MS);
}

/** How far back the rules of a document look at all that the organisation asked for. */
function lookBackMs({ velocity, risk }: PolicyDocument): number {
  const windows = windowsMs(velocity, 'ORGANISATION');
  if (risk !== null) {
    const usesHistory = risk.unusualAmount !== null || risk.refusals !== null;
    windows.push(
      usesHistory ? risk.historyDays * DAY_MS : 0,
      (risk.velocity?.windowMinutes ?? 0) * MINUTE_MS,
    );
  }
  return Math.max(0, ...windows);
}

function spansOf(governed: readonly Governed[]): Span[] {
  const keyed = ({ organisationId }: Subject) => ({ key: organisationId, organisationId, place: null });
  return [...collectSpans(governed, lookBackMs, keyed).values()];
}

function addressSpansOf(governed: readonly Governed[]): Span[] {
  const keyed = (subject: Subject) => ({
    key: addressKeyOf(subject),
    organisationId: subject.organisationId,
    place: { chainId: subject.chainId, to: subject.to },
  });
  return [...collectSpans(governed, addressLookBackMs, keyed).values()];
}

function addressKeyOf({ organisationId, chainId, to }: Subject): string {
  return `${organisationId}/${chainId}/${to}`;
}

/** One span for each key, wide enough for all its subjects. */
function collectSpans(
  governed: readonly Governed[],
  backMsOf: (document: PolicyDocument) => number,
  keyed: (subject: Subject) => Pick<Span, 'key' | 'organisationId' | 'place'>,
): Map<string, Span> {
  const spans = new Map<string, Span>();
  for (const { subject, document } of governed) {
    const backMs = backMsOf(document);
    if (backMs === 0) continue;
    const from = new Date(subject.at.getTime() - backMs);
    const fresh = keyed(subject);
    const span = spans.get(fresh.key) ?? { ...fresh, from, lastId: subject.id, subjects: 0 };
    span.subjects += 1;
    if (from < span.from) span.from = from;
    if (subject.id > span.lastId) span.lastId = subject.id;
    spans.set(fresh.key, span);
  }
  return spans;
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
