import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { withdrawalSearch } from './withdrawal-search.ts';

export function withdrawalRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/withdrawals',
      validateSearch: withdrawalSearch,
      component: lazyRouteComponent(() => import('./withdrawal-list.view.tsx'), 'WithdrawalListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/withdrawals/$id',
      component: lazyRouteComponent(() => import('./withdrawal-detail.view.tsx'), 'WithdrawalDetailView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/chain-txs/$id',
      component: lazyRouteComponent(() => import('./chain-tx-detail.view.tsx'), 'ChainTxDetailView'),
    }),
  ] as const;
}
