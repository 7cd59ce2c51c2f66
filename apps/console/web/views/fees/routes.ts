import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

const text = z.string().max(60).optional().catch(undefined);

export function feeRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/fees',
      validateSearch: z.object({ chain: text, asset: text, organisationId: text }),
      component: lazyRouteComponent(() => import('./fee-list.view.tsx'), 'FeeListView'),
    }),
  ] as const;
}
