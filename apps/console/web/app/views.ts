import type { AnyRoute } from '@tanstack/react-router';
import { approvalRoutes } from '../views/approvals/routes.ts';
import { bulkRoutes } from '../views/bulk/routes.ts';
import { catalogueRoutes } from '../views/catalogue/routes.ts';
import { deadLetterRoutes } from '../views/dead-letters/routes.ts';
import { meRoutes } from '../views/me/routes.ts';
import { overviewRoutes } from '../views/overview/routes.ts';
import { webhookRoutes } from '../views/webhooks/routes.ts';
import { withdrawalRoutes } from '../views/withdrawals/routes.ts';

/** The views of each area, each loaded when it is first opened. */
export function viewRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    approvalRoutes,
    bulkRoutes,
    catalogueRoutes,
    deadLetterRoutes,
    meRoutes,
    overviewRoutes,
    webhookRoutes,
    withdrawalRoutes,
  ].flatMap((routes) => routes(parent));
}
