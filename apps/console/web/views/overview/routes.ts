import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function overviewRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/',
      component: lazyRouteComponent(() => import('./overview.view.tsx'), 'OverviewView'),
    }),
  ];
}
