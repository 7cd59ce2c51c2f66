import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function rateRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/rates',
      component: lazyRouteComponent(() => import('./rate-list.view.tsx'), 'RateListView'),
    }),
  ];
}
