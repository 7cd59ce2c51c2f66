import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function catalogueRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/catalogue',
      component: lazyRouteComponent(() => import('./catalogue.view.tsx'), 'CatalogueView'),
    }),
  ];
}
