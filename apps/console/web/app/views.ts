import type { AnyRoute } from '@tanstack/react-router';
import { accountRoutes } from '../views/accounts/routes.ts';
import { addressBookRoutes } from '../views/address-book/routes.ts';
import { alarmRoutes } from '../views/alarms/routes.ts';
import { apiKeyRoutes } from '../views/api-keys/routes.ts';
import { approvalRoutes } from '../views/approvals/routes.ts';
import { assetRoutes } from '../views/assets/routes.ts';
import { auditRoutes } from '../views/audit/routes.ts';
import { blockListRoutes } from '../views/block-list/routes.ts';
import { bulkRoutes } from '../views/bulk/routes.ts';
import { catalogueRoutes } from '../views/catalogue/routes.ts';
import { deadLetterRoutes } from '../views/dead-letters/routes.ts';
import { depositRoutes } from '../views/deposits/routes.ts';
import { eventRoutes } from '../views/events/routes.ts';
import { feeRoutes } from '../views/fees/routes.ts';
import { ledgerRoutes } from '../views/ledger/routes.ts';
import { meRoutes } from '../views/me/routes.ts';
import { overviewRoutes } from '../views/overview/routes.ts';
import { peopleRoutes } from '../views/people/routes.ts';
import { policyRoutes } from '../views/policies/routes.ts';
import { queueRoutes } from '../views/queues/routes.ts';
import { rateRoutes } from '../views/rates/routes.ts';
import { reconciliationRoutes } from '../views/reconciliation/routes.ts';
import { reportRoutes } from '../views/reports/routes.ts';
import { reserveRoutes } from '../views/reserves/routes.ts';
import { settingRoutes } from '../views/settings/routes.ts';
import { tierRoutes } from '../views/tiers/routes.ts';
import { treasuryRoutes } from '../views/treasury/routes.ts';
import { webhookRoutes } from '../views/webhooks/routes.ts';
import { withdrawalRoutes } from '../views/withdrawals/routes.ts';

/** The views of each area, each loaded when it is first opened. Their types stay: links know their places. */
export function viewRoutes<Parent extends AnyRoute>(parent: () => Parent) {
  return [
    ...accountRoutes(parent),
    ...addressBookRoutes(parent),
    ...alarmRoutes(parent),
    ...apiKeyRoutes(parent),
    ...approvalRoutes(parent),
    ...assetRoutes(parent),
    ...auditRoutes(parent),
    ...blockListRoutes(parent),
    ...bulkRoutes(parent),
    ...catalogueRoutes(parent),
    ...deadLetterRoutes(parent),
    ...depositRoutes(parent),
    ...eventRoutes(parent),
    ...feeRoutes(parent),
    ...ledgerRoutes(parent),
    ...meRoutes(parent),
    ...overviewRoutes(parent),
    ...peopleRoutes(parent),
    ...policyRoutes(parent),
    ...queueRoutes(parent),
    ...rateRoutes(parent),
    ...reconciliationRoutes(parent),
    ...reportRoutes(parent),
    ...reserveRoutes(parent),
    ...settingRoutes(parent),
    ...tierRoutes(parent),
    ...treasuryRoutes(parent),
    ...webhookRoutes(parent),
    ...withdrawalRoutes(parent),
  ] as const;
}
