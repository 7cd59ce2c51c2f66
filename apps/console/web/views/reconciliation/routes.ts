import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function reconciliationRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/reconciliation',
      component: lazyRouteComponent(() => import('./reconciliation.view.tsx'), 'ReconciliationView'),
    }),
  ] as const;
}
