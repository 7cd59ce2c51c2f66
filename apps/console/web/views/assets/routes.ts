import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

export function assetRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/assets',
      validateSearch: z.object({ all: z.boolean().optional().catch(undefined) }),
      component: lazyRouteComponent(() => import('./asset-list.view.tsx'), 'AssetListView'),
    }),
  ] as const;
}
