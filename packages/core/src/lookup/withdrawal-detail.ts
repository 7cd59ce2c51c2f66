import type { Queryable } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import { listDeliveriesAbout } from '../webhook/webhook.reader.ts';
import type { Delivery } from '../webhook/webhook.ts';
import { type FailureCause, failureCauseOf } from '../withdrawal/failure-cause.ts';
import {
  listStoryItems,
  readChainTxStories,
  readWithdrawalStory,
  type StoryChainTx,
  type StoryItem,
  type WithdrawalStory,
} from '../withdrawal/withdrawal.story.ts';
import { type Action, judgeActions } from './judge-actions.ts';
import { DELIVERIES_TOLD_MAX } from './lookup.limits.ts';
import {
  type By,
  type LetterAbout,
  nameActors,
  type People,
  readLettersAbout,
  readPeople,
} from './people.ts';

export type WithdrawalDetail = Omit<WithdrawalStory, 'events'> &
  People & {
    events: (WithdrawalStory['events'][number] & By)[];
    /** Newest first. */
    deliveries: (Delivery & { url: string })[];
    /** Of one that FAILED: whose doing it was. */
    failureCause: FailureCause | null;
    actions: Action[];
  };

/** The whole story of one withdrawal, whoever owns it, and what the caller may do about it. */
export async function readWithdrawalDetail(
  db: Queryable,
  caller: Caller,
  id: string,
): Promise<WithdrawalDetail | null> {
  const story = await readWithdrawalStory(db, id);
  if (story === null) return null;
  const people = await readPeople(db, story);
  const by = await nameActors(
    db,
    story.events.map(({ actor }) => actor),
  );
  const hasOpenLetter = people.deadLetters.some(({ state }) => state === 'OPEN');
  const failed = story.events.findLast((event) => event.to === 'FAILED');
  const { failure } = story.withdrawal;
  return {
    ...story,
    ...people,
    events: story.events.map((event) => ({ ...event, ...by(event.actor) })),
    deliveries: await listDeliveriesAbout(db, id, DELIVERIES_TOLD_MAX),
    failureCause: failure === null ? null : failureCauseOf(failed?.from ?? null, failure.code),
    actions: await judgeActions(db, caller, id, { reviews: people.reviews, hasOpenLetter }),
  };
}

export type ChainTxDetail = {
  chainTx: StoryChainTx;
  items: StoryItem[];
  deadLetters: readonly LetterAbout[];
};

/** A chain transaction with what it pays. */
export async function readChainTxDetail(db: Queryable, id: string): Promise<ChainTxDetail | null> {
  const [chainTx] = await readChainTxStories(db, [id]);
  if (chainTx === undefined) return null;
  return { chainTx, items: await listStoryItems(db, id), deadLetters: await readLettersAbout(db, [id]) };
}
