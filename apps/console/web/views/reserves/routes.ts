import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function reserveRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/reserves',
      component: lazyRouteComponent(() => import('./reserves.view.tsx'), 'ReservesView'),
    }),
  ] as const;
}
