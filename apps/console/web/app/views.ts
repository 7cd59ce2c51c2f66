import type { AnyRoute } from '@tanstack/react-router';
import { alarmRoutes } from '../views/alarms/routes.ts';
import { apiKeyRoutes } from '../views/api-keys/routes.ts';
import { approvalRoutes } from '../views/approvals/routes.ts';
import { auditRoutes } from '../views/audit/routes.ts';
import { bulkRoutes } from '../views/bulk/routes.ts';
import { catalogueRoutes } from '../views/catalogue/routes.ts';
import { deadLetterRoutes } from '../views/dead-letters/routes.ts';
import { eventRoutes } from '../views/events/routes.ts';
import { meRoutes } from '../views/me/routes.ts';
import { overviewRoutes } from '../views/overview/routes.ts';
import { peopleRoutes } from '../views/people/routes.ts';
import { reconciliationRoutes } from '../views/reconciliation/routes.ts';
import { webhookRoutes } from '../views/webhooks/routes.ts';
import { withdrawalRoutes } from '../views/withdrawals/routes.ts';

/** The views of each area, each loaded when it is first opened. */
export function viewRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    alarmRoutes,
    apiKeyRoutes,
    approvalRoutes,
    auditRoutes,
    bulkRoutes,
    catalogueRoutes,
    deadLetterRoutes,
    eventRoutes,
    meRoutes,
    overviewRoutes,
    peopleRoutes,
    reconciliationRoutes,
    webhookRoutes,
    withdrawalRoutes,
  ].flatMap((routes) => routes(parent));
}
