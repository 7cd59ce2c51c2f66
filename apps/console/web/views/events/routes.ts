import { streamEventTypes } from '@naru/wire/event.ts';
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

const text = z.string().optional().catch(undefined);
/** What the URL says of the list; what it does not understand is left out, so that an old link still opens. */
export const eventsSearch = z.object({
  type: z.enum(streamEventTypes).optional().catch(undefined),
  withdrawalId: text,
  depositId: text,
});
export type EventsSearch = z.output<typeof eventsSearch>;

export function eventRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/events',
      validateSearch: eventsSearch,
      component: lazyRouteComponent(() => import('./event-list.view.tsx'), 'EventListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/events/$id',
      component: lazyRouteComponent(() => import('./event-detail.view.tsx'), 'EventDetailView'),
    }),
  ] as const;
}
