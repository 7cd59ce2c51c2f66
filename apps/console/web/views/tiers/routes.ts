import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function tierRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/tiers',
      component: lazyRouteComponent(() => import('./tier-list.view.tsx'), 'TierListView'),
    }),
  ] as const;
}
