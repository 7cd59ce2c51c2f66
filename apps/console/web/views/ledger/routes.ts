import { ledgerAccountKinds } from '@naru/wire/ledger.ts';
import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { z } from 'zod';

const text = z.string().max(60).optional().catch(undefined);
const day = z.iso.date().optional().catch(undefined);
const ledgerSearch = z.object({
  kind: z.enum(ledgerAccountKinds).optional().catch(undefined),
  chain: text,
  asset: text,
  day,
});
export type LedgerSearch = z.output<typeof ledgerSearch>;

export function ledgerRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    createRoute({
      getParentRoute: parent,
      path: '/ledger',
      validateSearch: ledgerSearch,
      component: lazyRouteComponent(() => import('./ledger-list.view.tsx'), 'LedgerListView'),
    }),
    createRoute({
      getParentRoute: parent,
      path: '/ledger/$id',
      validateSearch: z.object({ day }),
      component: lazyRouteComponent(() => import('./ledger-account.view.tsx'), 'LedgerAccountView'),
    }),
  ] as const;
}
