import { policyState } from '@naru/wire/policy.ts';
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

export function policyRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/policies',
      validateSearch: z.object({ state: policyState.optional().catch(undefined) }),
      component: lazyRouteComponent(() => import('./policy-list.view.tsx'), 'PolicyListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/policies/$id',
      validateSearch: z.object({ tab: z.enum(['rules', 'diff', 'try', 'json']).optional().catch(undefined) }),
      component: lazyRouteComponent(() => import('./policy-detail.view.tsx'), 'PolicyDetailView'),
    }),
  ] as const;
}
