import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function meRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/me',
      component: lazyRouteComponent(() => import('./me.view.tsx'), 'MeView'),
    }),
  ];
}
