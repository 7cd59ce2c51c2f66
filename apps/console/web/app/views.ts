import type { AnyRoute } from '@tanstack/react-router';
import { accountRoutes } from '../views/accounts/routes.ts';
import { catalogueRoutes } from '../views/catalogue/routes.ts';
import { meRoutes } from '../views/me/routes.ts';
import { settingRoutes } from '../views/settings/routes.ts';
import { webhookRoutes } from '../views/webhooks/routes.ts';

/** The views of each area, each loaded when it is first opened. */
export function viewRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    ...accountRoutes(parent),
    ...catalogueRoutes(parent),
    ...meRoutes(parent),
    ...settingRoutes(parent),
    ...webhookRoutes(parent),
  ];
}
