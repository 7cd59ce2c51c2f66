import type { Queryable } from '@naru/db/database.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
import { readHolders } from '../access/access.store.ts';
import { listReviews } from '../approval/approval.reader.ts';
import type { Review } from '../approval/approval.ts';
import { listLettersAbout, readNotes } from '../dead-letter/dead-letter.reader.ts';
import type { DeadLetter, Note } from '../dead-letter/dead-letter.ts';
import { type ErrorClass, errorTaxonomy } from '../dead-letter/taxonomy.ts';
import { listVerbsDone, type Retries, readRetries, type VerbDone } from '../dead-letter/verb.reader.ts';
import { readDecision } from '../policy/policy.store.ts';
import type { Decision } from '../policy/policy.ts';
import type { WithdrawalStory } from '../withdrawal/withdrawal.story.ts';

/** A withdrawal is in review once for each time that it is taken up: a handful at the most. */
const REVIEWS_TOLD_MAX = 50;

/** `by`: `api_key:key_…`, or another actor. `holder`: the person or system behind the key, where it has one. */
export type By = { by: string; holder: string | null };

export type LetterAbout = Omit<DeadLetter, 'notes'> & {
  class: ErrorClass;
  means: string;
  action: string;
  closedByHolder: string | null;
  notes: readonly (By & Omit<Note, 'author'>)[];
};

/** What rules and people said and did about a withdrawal. Lists are in the order of time. */
export type People = Retries & {
  decision: Decision | null;
  reviews: readonly Review[];
  deadLetters: readonly LetterAbout[];
  notes: readonly (By & Omit<Note, 'author'>)[];
  verbs: readonly (By & Omit<VerbDone, 'actor'>)[];
};

export async function readPeople(db: Queryable, story: WithdrawalStory): Promise<People> {
  const { withdrawal } = story;
  const { id, state } = withdrawal;
  const page = { limit: REVIEWS_TOLD_MAX, after: null };
  const reviews = (await listReviews(db, { organisationId: null, withdrawalId: id }, page)).data.toReversed();
  // A letter about a queue tells of whatever stands in it, this one included.
  const queue = `${withdrawal.chain}:${withdrawal.asset} ${state}`;
  const subjects = [
    id,
    ...story.chainTxs.map((chainTx) => chainTx.id),
    ...reviews.map((review) => review.id),
  ];
  const deadLetters = await readLettersAbout(db, [...subjects, queue]);
  const notes = (await readNotes(db, [id])).get(id) ?? [];
  const verbs = await listVerbsDone(db, id);
  const by = await nameActors(db, [...notes.map(({ author }) => author), ...verbs.map(({ actor }) => actor)]);
  return {
    ...(await readRetries(db, id)),
    decision: await readDecision(db, null, id),
    reviews,
    deadLetters: deadLetters.filter((letter) => letter.kind !== 'QUEUE' || letter.state === 'OPEN'),
    notes: notes.map(({ author, ...note }) => ({ ...by(author), ...note })),
    verbs: verbs.map(({ actor, ...verb }) => ({ ...by(actor), ...verb })),
  };
}

/** With what each cause means and what an operator does. */
export async function readLettersAbout(db: Queryable, subjects: readonly string[]): Promise<LetterAbout[]> {
  const letters = await listLettersAbout(db, subjects);
  const by = await nameActors(
    db,
    letters.flatMap(({ closedBy, notes }) => [closedBy, ...notes.map(({ author }) => author)]),
  );
  return letters.map(({ notes, ...letter }) => {
    const { class: errorClass, means, action } = errorTaxonomy[letter.cause];
    const closedByHolder = by(letter.closedBy).holder;
    const named = notes.map(({ author, ...note }) => ({ ...by(author), ...note }));
    return { ...letter, class: errorClass, means, action, closedByHolder, notes: named };
  });
}

/** Keys by their public ids, with who is behind them. */
export async function nameActors(
  db: Queryable,
  actors: readonly (string | null)[],
): Promise<(actor: string | null) => By> {
  const ids = new Set(actors.map(keyOf).filter((id) => id !== null));
  const holders = await readHolders(db, [...ids]);
  return (actor) => {
    const id = keyOf(actor);
    if (id === null) return { by: actor ?? 'not known any more', holder: null };
    return { by: `api_key:${toPublicId('apiKey', id)}`, holder: holders.get(id) ?? null };
  };
}

/** The UUID of a key that acted; the audit log has it as such, notes as it is shown. */
function keyOf(actor: string | null): string | null {
  if (actor === null || !actor.startsWith('api_key:')) return null;
  const id = actor.slice('api_key:'.length);
  return fromPublicId('apiKey', id) ?? id;
}
