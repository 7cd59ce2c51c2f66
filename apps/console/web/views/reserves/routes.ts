import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function reserveRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/reserves',
      component: lazyRouteComponent(() => import('./reserves.view.tsx'), 'ReservesView'),
    }),
  ];
}
