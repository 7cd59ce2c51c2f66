import { overview } from '@naru/wire/overview.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { operatorRead } from '../operator-read.ts';
import { toOverviewBody } from './to-overview-body.ts';

export const getOverviewRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/overview',
  operationId: 'getOverview',
  summary: 'See whether money moves',
  description:
    'Everything a home page shows, over all organisations: how fast withdrawals come in and are paid, what is stuck and how much of it, dead letters, reviews, nodes, our accounts and how long they last, alarms, webhooks, blocks, checks and processes. A second old at most where the database is quick; `asOf` says it.',
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'One look.', schema: overview } },
  errors: [],
  handler: async ({ overviews }) => ({ status: 200, body: toOverviewBody(await overviews.read()) }) as const,
});

export const streamOverviewRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/overview/stream',
  operationId: 'streamOverview',
  summary: 'Watch whether money moves',
  description:
    'Server-sent events named `overview`, each with an `Overview` as its data: one at once, then one a second at most when something is different. A quiet stream sends a comment every 15 seconds. It ends when its key may not be used any more. Ten streams for each key at once.',
  request: { params: null, query: null, body: null },
  responses: {
    200: { description: 'The looks, until either side ends it.', contentType: 'text/event-stream' },
  },
  errors: [],
  handler: async ({ overviewStreams }, { caller, isStillAllowed }) => {
    const opened = overviewStreams.open({ apiKeyId: caller.apiKeyId, isAllowed: isStillAllowed });
    if ('body' in opened) {
      const headers = { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' };
      return { status: 200, body: opened.body, headers } as const;
    }
    if (opened.refused === 'stopping')
      throw new ProblemError('unavailable', { headers: { 'retry-after': '1' } });
    throw new ProblemError('rate_limited', {
      message: 'Too many streams of the overview are open; close one, or share one among your windows.',
      headers: { 'retry-after': '15' },
    });
  },
});
