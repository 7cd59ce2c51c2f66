import { depositStateNames } from '@naru/wire/deposit.ts';
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

export const depositTabs = ['deposits', 'addresses'] as const;

export function depositRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/deposits',
      validateSearch: z.object({
        tab: z.enum(depositTabs).optional().catch(undefined),
        state: z.enum(depositStateNames).optional().catch(undefined),
        addressId: z.string().max(60).optional().catch(undefined),
      }),
      component: lazyRouteComponent(() => import('./deposit-list.view.tsx'), 'DepositListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/deposits/$id',
      component: lazyRouteComponent(() => import('./deposit-detail.view.tsx'), 'DepositDetailView'),
    }),
  ] as const;
}
