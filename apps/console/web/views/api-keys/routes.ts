import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function apiKeyRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/api-keys',
      component: lazyRouteComponent(() => import('./api-key-list.view.tsx'), 'ApiKeyListView'),
    }),
  ];
}
