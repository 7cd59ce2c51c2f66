import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function bulkRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/bulk',
      component: lazyRouteComponent(() => import('./bulk-list.view.tsx'), 'BulkListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/bulk/$id',
      component: lazyRouteComponent(() => import('./bulk-detail.view.tsx'), 'BulkDetailView'),
    }),
  ] as const;
}
