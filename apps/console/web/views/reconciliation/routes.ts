import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function reconciliationRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/reconciliation',
      component: lazyRouteComponent(() => import('./reconciliation.view.tsx'), 'ReconciliationView'),
    }),
  ];
}
