import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function addressBookRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/address-book',
      component: lazyRouteComponent(() => import('./address-book.view.tsx'), 'AddressBookView'),
    }),
  ] as const;
}
