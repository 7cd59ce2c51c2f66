import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function apiKeyRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/api-keys',
      component: lazyRouteComponent(() => import('./api-key-list.view.tsx'), 'ApiKeyListView'),
    }),
  ] as const;
}
