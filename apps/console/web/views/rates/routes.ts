import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function rateRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/rates',
      component: lazyRouteComponent(() => import('./rate-list.view.tsx'), 'RateListView'),
    }),
  ] as const;
}
