import type { AnyRoute } from '@tanstack/react-router';
import { accountRoutes } from '../views/accounts/routes.ts';
import { addressBookRoutes } from '../views/address-book/routes.ts';
import { assetRoutes } from '../views/assets/routes.ts';
import { blockListRoutes } from '../views/block-list/routes.ts';
import { catalogueRoutes } from '../views/catalogue/routes.ts';
import { depositRoutes } from '../views/deposits/routes.ts';
import { feeRoutes } from '../views/fees/routes.ts';
import { meRoutes } from '../views/me/routes.ts';
import { policyRoutes } from '../views/policies/routes.ts';
import { rateRoutes } from '../views/rates/routes.ts';
import { reserveRoutes } from '../views/reserves/routes.ts';
import { settingRoutes } from '../views/settings/routes.ts';
import { tierRoutes } from '../views/tiers/routes.ts';
import { treasuryRoutes } from '../views/treasury/routes.ts';
import { webhookRoutes } from '../views/webhooks/routes.ts';

/** The views of each area, each loaded when it is first opened. */
export function viewRoutes(parent: () => AnyRoute): AnyRoute[] {
  return [
    ...accountRoutes(parent),
    ...addressBookRoutes(parent),
    ...assetRoutes(parent),
    ...blockListRoutes(parent),
    ...catalogueRoutes(parent),
    ...depositRoutes(parent),
    ...feeRoutes(parent),
    ...meRoutes(parent),
    ...policyRoutes(parent),
    ...rateRoutes(parent),
    ...reserveRoutes(parent),
    ...settingRoutes(parent),
    ...tierRoutes(parent),
    ...treasuryRoutes(parent),
    ...webhookRoutes(parent),
  ];
}
