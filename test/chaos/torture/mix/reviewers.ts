import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import type { ReviewBody } from '@naru/wire/review.ts';
import { type Clients, createClients, refusalIn } from '../clients.ts';
import { isForPeople, type Payout } from '../payouts.ts';
import type { TortureStack } from '../torture-stack.ts';

const LOOK_MS = 300;
const PAGE = 100;
/** Somebody else was faster, the owner canceled, or a restore has forgotten the review. */
const TOO_LATE: ReadonlySet<string> = new Set(['review_closed', 'review_not_found']);

/** The people who decide, each at a key of his own, each payout as it was drawn. */
export type Reviewers = {
  /** Who has said yes to a withdrawal (UUID), whether or not the answer came back. */
  approvedBy(id: string): ReadonlySet<string>;
  /** What no rule of ours asks people about, and what a vote was refused with. */
  surprises(): readonly { id: string; text: string }[];
  stop(): Promise<void>;
};

type Person = { holder: string; clients: Clients };

export function startReviewers(
  stack: TortureStack,
  payouts: () => readonly Payout[],
  signal: AbortSignal,
): Reviewers {
  const people: Person[] = stack.approvers.map(({ holder, apiKey }) => ({
    holder,
    clients: createClients({
      apiUrls: () => stack.instances.of('api').map(stack.instances.urlOf),
      apiKey,
      signal,
    }),
  }));
  const approvals = new Map<string, Set<string>>();
  const surprises = new Map<string, string>();
  let isStopped = false;
  const decide = async (review: ReviewBody) => {
    const id = assertPresent(fromPublicId('withdrawal', review.withdrawalId), 'UUID of a withdrawal');
    const payout = payouts().find((one) => one.id === id);
    if (payout === undefined) return; // its client has no answer yet: next time
    if (!isForPeople(payout.ruling)) {
      surprises.set(id, `a ${payout.ruling} payout waits for people: ${JSON.stringify(review.reasons)}`);
      return;
    }
    const isYes = payout.ruling === 'approved';
    for (const { holder, clients } of isYes ? people.slice(0, review.quorum) : people.slice(0, 1)) {
      const idempotencyKey = `${holder}-${review.id}`;
      if (isYes) approvals.set(id, (approvals.get(id) ?? new Set()).add(holder));
      try {
        await clients.call(`the vote of ${holder}`, (naru) =>
          isYes
            ? naru.reviews.approve(review, {}, { idempotencyKey })
            : naru.reviews.deny(review.id, { reason: 'torture' }, { idempotencyKey }),
        );
      } catch (error) {
        if (signal.aborted) return;
        if (!TOO_LATE.has(refusalIn(error)?.code ?? '')) surprises.set(id, errorText(error));
      }
    }
  };
  const looking = (async () => {
    const { clients } = assertPresent(people[0], 'a person');
    while (!isStopped && !signal.aborted) {
      try {
        const list = await clients.call('the open reviews', (naru) =>
          naru.reviews.listPage({ state: 'OPEN', limit: PAGE }),
        );
        for (const review of list.data) await decide(review);
      } catch (error) {
        if (signal.aborted) return;
        surprises.set('', errorText(error));
      }
      await sleep(LOOK_MS, signal);
    }
  })();
  return {
    approvedBy: (id) => approvals.get(id) ?? new Set(),
    surprises: () => [...surprises].map(([id, text]) => ({ id, text })),
    async stop() {
      isStopped = true;
      await looking;
    },
  };
}
