import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function meRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/me',
      component: lazyRouteComponent(() => import('./me.view.tsx'), 'MeView'),
    }),
  ] as const;
}
