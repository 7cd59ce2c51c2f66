import { webhookDeliveryStates } from '@naru/wire/webhook.ts';
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

/** What the URL says of a list; what it does not understand is left out, so that an old link still opens. */
const deliveriesSearch = z.object({ state: z.enum(webhookDeliveryStates).optional().catch(undefined) });

export function webhookRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/webhooks',
      component: lazyRouteComponent(() => import('./webhook-list.view.tsx'), 'WebhookListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/webhooks/$id',
      validateSearch: deliveriesSearch,
      component: lazyRouteComponent(() => import('./webhook-detail.view.tsx'), 'WebhookDetailView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/webhook-deliveries/$id',
      component: lazyRouteComponent(() => import('./delivery-detail.view.tsx'), 'DeliveryDetailView'),
    }),
  ] as const;
}
