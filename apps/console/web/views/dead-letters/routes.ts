import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

/** What the URL says of the list; the open ones when it says nothing. */
const letterSearch = z.object({
  state: z.enum(['OPEN', 'CLOSED']).optional().catch(undefined),
  cause: z.string().optional().catch(undefined),
});
export type LetterSearch = z.output<typeof letterSearch>;

export function deadLetterRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/dead-letters',
      validateSearch: letterSearch,
      component: lazyRouteComponent(() => import('./dead-letter-list.view.tsx'), 'DeadLetterListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/dead-letters/$id',
      component: lazyRouteComponent(() => import('./dead-letter-detail.view.tsx'), 'DeadLetterDetailView'),
    }),
  ] as const;
}
