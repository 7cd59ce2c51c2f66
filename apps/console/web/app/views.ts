import type { AnyRoute } from '@tanstack/react-router';
import { catalogueRoutes } from '../views/catalogue/routes.ts';
import { meRoutes } from '../views/me/routes.ts';
import { queueRoutes } from '../views/queues/routes.ts';
import { reportRoutes } from '../views/reports/routes.ts';
import { webhookRoutes } from '../views/webhooks/routes.ts';

/** The views of each area, each loaded when it is first opened. */
export function viewRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    ...catalogueRoutes(parent),
    ...meRoutes(parent),
    ...webhookRoutes(parent),
    ...reportRoutes(parent),
    ...queueRoutes(parent),
  ];
}
