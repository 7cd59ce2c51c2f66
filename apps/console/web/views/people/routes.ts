import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function peopleRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/people',
      component: lazyRouteComponent(() => import('./people-list.view.tsx'), 'PeopleListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/people/invitations',
      component: lazyRouteComponent(() => import('./invitation-list.view.tsx'), 'InvitationListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/people/roles',
      component: lazyRouteComponent(() => import('./role-matrix.view.tsx'), 'RoleMatrixView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/people/$id',
      component: lazyRouteComponent(() => import('./person-detail.view.tsx'), 'PersonDetailView'),
    }),
  ] as const;
}
