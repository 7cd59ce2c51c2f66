import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

export function addressBookRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/address-book',
      component: lazyRouteComponent(() => import('./address-book.view.tsx'), 'AddressBookView'),
    }),
  ];
}
