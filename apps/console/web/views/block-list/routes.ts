import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

export function blockListRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/block-list',
      validateSearch: z.object({ address: z.string().max(42).optional().catch(undefined) }),
      component: lazyRouteComponent(() => import('./block-list.view.tsx'), 'BlockListView'),
    }),
  ] as const;
}
