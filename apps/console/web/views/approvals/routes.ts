import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

/** `due`: emergency approvals that a second person must look at. */
export const approvalTabs = ['open', 'due', 'decided'] as const;
const approvalSearch = z.object({ tab: z.enum(approvalTabs).optional().catch(undefined) });

export function approvalRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/approvals',
      validateSearch: approvalSearch,
      component: lazyRouteComponent(() => import('./approval-list.view.tsx'), 'ApprovalListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/approvals/$id',
      component: lazyRouteComponent(() => import('./approval-detail.view.tsx'), 'ApprovalDetailView'),
    }),
  ] as const;
}
