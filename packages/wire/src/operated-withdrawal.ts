import { z } from 'zod';
import { amountInput } from './amount.ts';
import { addressInput, organisationId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { REFERENCE_LENGTH_MAX, storableLine } from './text.ts';
import { withdrawal, withdrawalListQuery, withdrawalState } from './withdrawal.ts';

/** Rows of one page of an operator's list. */
export const OPERATOR_PAGE_ROWS_MAX = 200;
/** A count beyond it is told as "more than". */
export const STATE_COUNT_MAX = 10_000;

const owner = z
  .object({
    id: organisationId,
    name: z.string().meta({ description: 'Its name.', examples: ['Desk'] }),
  })
  .meta({ id: 'OrganisationName', description: 'Who asked for it.' });

export const operatedWithdrawal = withdrawal
  .extend({ organisation: owner })
  .meta({ id: 'OperatedWithdrawal', description: 'A withdrawal, with the organisation it belongs to.' });
export type OperatedWithdrawalBody = z.output<typeof operatedWithdrawal>;

export const operatedWithdrawalPage = pageOf(operatedWithdrawal).meta({
  id: 'OperatedWithdrawalPage',
  description: 'Withdrawals of all organisations.',
});
export type OperatedWithdrawalPageBody = z.output<typeof operatedWithdrawalPage>;

const { limit: _limit, cursor: _cursor, state, ...ownFilters } = withdrawalListQuery.shape;

const filters = {
  ...ownFilters,
  organisationId: organisationId.optional(),
  amountMin: amountInput.optional().meta({
    description: 'At least this much, in whole units of each asset; with `asset` it means one of them.',
    examples: ['1000'],
  }),
  amountMax: amountInput.optional().meta({ description: 'At most this much.', examples: ['5000'] }),
  failureCode: z
    .string()
    .max(100, 'too_long')
    .optional()
    .meta({
      description: 'Why nothing was paid: a code of docs/errors.md. Only `FAILED` ones have it.',
      examples: ['attempts_exhausted'],
    }),
  subAccount: addressInput.optional().meta({ description: 'The account that pays, in any case.' }),
  hasDeadLetter: z
    .enum(['true', 'false'], 'value_not_allowed')
    .transform((text) => text === 'true')
    .optional()
    .meta({
      description: 'Whether a dead letter about it, its transaction or its review is open.',
      examples: ['true'],
    }),
  q: storableLine(REFERENCE_LENGTH_MAX)
    .optional()
    .meta({
      description:
        'Free search: a withdrawal id, a bulk id, a transaction hash, a destination, or the beginning of a reference. Which of them it is, its form says.',
      examples: ['order-98'],
    }),
};

export const operatedWithdrawalCountsQuery = z.strictObject(filters);
export const operatedWithdrawalListQuery = z.strictObject({
  state,
  ...filters,
  order: z
    .enum(['newest', 'oldest'], 'value_not_allowed')
    .default('newest')
    .meta({ description: 'Which come first.', examples: ['newest'] }),
  limit: z.coerce
    .number('limit_out_of_range')
    .int('limit_out_of_range')
    .min(1, 'limit_out_of_range')
    .max(OPERATOR_PAGE_ROWS_MAX, 'limit_out_of_range')
    .default(50)
    .meta({ description: `Items in one page, 1 to ${OPERATOR_PAGE_ROWS_MAX}.`, examples: [50] }),
  cursor: pageQuery.cursor,
});

export const withdrawalCounts = z
  .object({
    data: z.array(
      z
        .object({
          state: withdrawalState,
          count: z
            .int()
            .min(0)
            .max(STATE_COUNT_MAX)
            .meta({ examples: [12] }),
          isExact: z
            .boolean()
            .meta({ description: `False: there are more than ${STATE_COUNT_MAX}.`, examples: [true] }),
        })
        .meta({ id: 'WithdrawalStateCount' }),
    ),
  })
  .meta({ id: 'WithdrawalCounts', description: 'How many are in each state; every state is there.' });
export type WithdrawalCountsBody = z.output<typeof withdrawalCounts>;

export const searchQuery = z.strictObject({
  q: storableLine(REFERENCE_LENGTH_MAX)
    .optional()
    .meta({
      description:
        'An id of any kind, a transaction hash, an address, a reference or its beginning, an idempotency key, an amount, or a part of the name of an organisation.',
      examples: ['wd_01kjr3q8c6e7rvt0xx0n3m7d5b'],
    }),
});

export const searchHits = z
  .object({
    data: z.array(
      z
        .object({
          kind: z.string().meta({
            description:
              'What it is: `withdrawal`, `bulk`, `chainTx`, `organisation`, `apiKey`, `subAccount`, `review`, `deadLetter`, `deposit`, `depositAddress`, `webhookEndpoint`, `webhookMessage`, `policy`, `addressBookEntry`, `blockedAddress`, `treasuryProposal`, `alarm`, `alertChannel`, `reservesReport`.',
            examples: ['withdrawal'],
          }),
          id: z.string().meta({ examples: ['wd_01kjr3q8c6e7rvt0xx0n3m7d5b'] }),
          title: z.string().meta({ description: 'What tells it apart.', examples: ['12.5 USDC'] }),
          subtitle: z.string().meta({
            description: 'State, owner and time, where it has them.',
            examples: ['CONFIRMED · Desk · order-981 · 2026-03-01T00:00:00.000Z'],
          }),
        })
        .meta({ id: 'SearchHit' }),
    ),
  })
  .meta({ id: 'SearchHits', description: 'What was named exactly first; a short list.' });
export type SearchHitsBody = z.output<typeof searchHits>;
