import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function queueRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/queues',
      component: lazyRouteComponent(() => import('./queues.view.tsx'), 'QueuesView'),
    }),
  ];
}
