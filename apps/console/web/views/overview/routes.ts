import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function overviewRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/',
      component: lazyRouteComponent(() => import('./overview.view.tsx'), 'OverviewView'),
    }),
  ] as const;
}
