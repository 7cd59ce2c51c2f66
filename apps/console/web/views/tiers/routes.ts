import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function tierRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/tiers',
      component: lazyRouteComponent(() => import('./tier-list.view.tsx'), 'TierListView'),
    }),
  ];
}
