import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function catalogueRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/catalogue',
      component: lazyRouteComponent(() => import('./catalogue.view.tsx'), 'CatalogueView'),
    }),
  ] as const;
}
