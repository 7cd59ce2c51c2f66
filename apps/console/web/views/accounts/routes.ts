import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

const accountTabs = ['accounts', 'transfers', 'thresholds', 'forecast'] as const;

export function accountRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/accounts',
      validateSearch: z.object({
        tab: z.enum(accountTabs).optional().catch(undefined),
        open: z.boolean().optional().catch(undefined),
      }),
      component: lazyRouteComponent(() => import('./account-list.view.tsx'), 'AccountListView'),
    }),
  ] as const;
}
