import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

export const proposalStates = ['OPEN', 'EXECUTED', 'SUPERSEDED', 'CANCELED'] as const;

export function treasuryRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/treasury',
      validateSearch: z.object({ state: z.enum(proposalStates).optional().catch(undefined) }),
      component: lazyRouteComponent(() => import('./treasury-list.view.tsx'), 'TreasuryListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/treasury/$id',
      component: lazyRouteComponent(() => import('./proposal-detail.view.tsx'), 'ProposalDetailView'),
    }),
  ] as const;
}
