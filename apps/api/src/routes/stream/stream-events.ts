import { streamQuery } from '@naru/wire/event.ts';
import { fieldProblems } from '@naru/wire/field-problem.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';

/** A place as we gave it, at most as long as a 64-bit number. What a proxy or another server put there is refused. */
const POSITION = /^[0-9]{1,18}$/;

export const streamEventsRoute = defineRoute({
  method: 'GET',
  path: '/v1/stream',
  operationId: 'streamEvents',
  tag: 'Withdrawals',
  summary: 'Follow what happens, as it happens',
  description: [
    'Server-sent events: one for each state that a withdrawal of yours reaches',
    '(`withdrawal.pending`, `.review`, `.signed`, `.broadcasted`, `.confirming`, `.confirmed`, `.failed`, `.canceled`),',
    'each change of a deposit (`deposit.detected`, `.orphaned`, `.credited`, `.uncredited`; only with the scope `deposits:read`),',
    '`bulk.completed`, `webhook_endpoint.paused` and `.disabled`: the same events as webhooks tell,',
    'with a `StreamEvent` as its data. The id of an event is its position in the log: come back with it in',
    '`Last-Event-ID`, as browsers do by themselves, and every event since then is told, each once.',
    'A quiet stream sends its position every 15 seconds. A client that takes nothing is cut off and can resume.',
    'Ten streams for each key at once.',
  ].join(' '),
  scope: 'withdrawals:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: streamQuery, body: null },
  responses: {
    200: { description: 'The events, until either side ends it.', contentType: 'text/event-stream' },
  },
  errors: [],
  handler: async ({ streams }, { caller, query, lastEventId, isStillAllowed }) => {
    if (lastEventId !== undefined && !POSITION.test(lastEventId))
      throw unusable('/last-event-id', 'position_malformed');
    const after = lastEventId ?? query.after;
    const opened = await streams.open({
      organisationId: caller.organisationId,
      apiKeyId: caller.apiKeyId,
      scopes: caller.scopes,
      after: after === undefined ? null : BigInt(after),
      isAllowed: isStillAllowed,
    });
    if ('body' in opened) {
      const headers = { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' };
      return { status: 200, body: opened.body, headers } as const;
    }
    switch (opened.refused) {
      case 'position_unknown':
        throw unusable(lastEventId === undefined ? '/after' : '/last-event-id', 'position_unknown');
      case 'too_many':
        throw new ProblemError('rate_limited', {
          message:
            'Too many event streams are open; end one, or read more than one thing from the same stream.',
          headers: { 'retry-after': '15' },
        });
      case 'stopping':
        throw new ProblemError('unavailable', { headers: { 'retry-after': '1' } });
    }
  },
});

function unusable(pointer: string, code: 'position_malformed' | 'position_unknown'): ProblemError {
  const message = fieldProblems[code].en;
  return new ProblemError('validation_failed', { errors: [{ pointer, code, message }] });
}
