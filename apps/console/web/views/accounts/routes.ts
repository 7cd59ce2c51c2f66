import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

export const accountTabs = ['accounts', 'transfers', 'thresholds', 'forecast'] as const;
export type AccountTab = (typeof accountTabs)[number];

export function accountRoutes(parent: () => AnyRoute): AnyRoute[] {
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
  ];
}
