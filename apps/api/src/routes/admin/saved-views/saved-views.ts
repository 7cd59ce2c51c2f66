import type { SavedView } from '@naru/core/saved-view/saved-view.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import {
  removedView,
  type SavedViewBody,
  savedView,
  savedViewId,
  savedViewList,
  savedViewQuery,
  saveViewRequest,
} from '@naru/wire/saved-view.ts';
import { z } from 'zod';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { uuidOf } from '../../params.ts';
import { orderOf } from '../../rule-orders.ts';
import { operatorRead } from '../operator-read.ts';

const PATH = '/v1/admin/saved-views';
const params = { schema: z.object({ id: savedViewId }), otherwise: 'saved_view_not_found' } as const;

function toBody({ id, list, createdAt, ...view }: SavedView): SavedViewBody {
  return {
    id: toPublicId('savedView', id),
    object: 'saved_view',
    list: list as SavedViewBody['list'],
    ...view,
    createdAt: createdAt.toISOString(),
  };
}

export const listSavedViewsRoute = defineRoute({
  ...operatorRead,
  path: PATH,
  operationId: 'listSavedViews',
  summary: 'List saved views',
  description: 'Those that your organisation shares of a list, of every role, by name.',
  request: { params: null, query: savedViewQuery, body: null },
  responses: { 200: { description: 'Views.', schema: savedViewList } },
  errors: [],
  handler: async ({ savedViews }, { caller, query }) =>
    ({
      status: 200,
      body: { data: (await savedViews.list(caller.organisationId, query.list)).map(toBody) },
    }) as const,
});

export const saveViewRoute = defineRoute({
  method: 'POST',
  path: PATH,
  operationId: 'saveView',
  tag: 'Operators',
  summary: 'Share a view',
  description: 'A name is taken once for the same people; 100 views of a list at most.',
  scope: 'operations:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'saved_view.insert',
  // Neither money nor rules.
  stepUp: false,
  request: { params: null, query: null, body: saveViewRequest },
  responses: { 201: { description: 'It is shared.', schema: savedView } },
  errors: ['saved_view_not_found'],
  handler: async ({ savedViews }, call) => {
    const { value, headers } = doneOrThrow(await savedViews.save(orderOf(call), call.body));
    const found = await savedViews.get(call.caller.organisationId, value);
    if (found === null) throw new ProblemError('saved_view_not_found');
    return { status: 201, headers, body: toBody(found) } as const;
  },
});

export const removeViewRoute = defineRoute({
  method: 'POST',
  path: `${PATH}/:id/remove`,
  operationId: 'removeView',
  tag: 'Operators',
  summary: 'Share a view no longer',
  description: 'It is gone for everybody. What it was stays in the audit log.',
  scope: 'operations:write',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'saved_view.delete',
  stepUp: false,
  request: { params, query: null, body: null },
  responses: { 200: { description: 'It is gone.', schema: removedView } },
  errors: ['saved_view_not_found'],
  handler: async ({ savedViews }, call) => {
    const { id } = call.params;
    const { headers } = doneOrThrow(await savedViews.remove(orderOf(call), uuidOf('savedView', id)));
    return { status: 200, headers, body: { object: 'removed_view', id } } as const;
  },
});
