import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function queueRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/queues',
      component: lazyRouteComponent(() => import('./queues.view.tsx'), 'QueuesView'),
    }),
  ] as const;
}
