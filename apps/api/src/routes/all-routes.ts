import type { Route } from '../http/define-route.ts';
import { addAddressRoute, listAddressBookRoute, removeAddressRoute } from './address-book/address-book.ts';
import { blockAddressRoute, listBlockedRoute, unblockAddressRoute } from './admin/block-list/block-list.ts';
import { createCreditRoute } from './admin/credits/create-credit.ts';
import { listRatesRoute, setPairRoute, setRateRoute } from './admin/exchange-rates/exchange-rates.ts';
import {
  activatePolicyRoute,
  createPolicyRoute,
  dryRunPolicyRoute,
  getPolicyRoute,
  listPoliciesRoute,
  retirePolicyRoute,
} from './admin/policies/policies.ts';
import { assignTierRoute, listTiersRoute, setTierRoute } from './admin/tiers/tiers.ts';
import { approveWithdrawalRoute, rejectWithdrawalRoute } from './admin/withdrawals/decide-withdrawal.ts';
import { listAssetsRoute } from './assets/list-assets.ts';
import { listBalancesRoute } from './balances/list-balances.ts';
import { createBulkRoute } from './bulk-withdrawals/create-bulk.ts';
import { getBulkRoute } from './bulk-withdrawals/get-bulk.ts';
import { getBulkReportRoute } from './bulk-withdrawals/get-report.ts';
import { listChainsRoute } from './chains/list-chains.ts';
import { getReviewRoute } from './reviews/get-review.ts';
import { listAllReviewsRoute, listReviewsRoute } from './reviews/list-reviews.ts';
import { voteRoutes } from './reviews/vote.ts';
import { indexRoute, openApiRoute } from './service/documents.ts';
import { healthRoute, readinessRoute } from './service/health.ts';
import { metricsRoute } from './service/metrics.ts';
import { problemPageRoute } from './service/problem-page.ts';
import { streamEventsRoute } from './stream/stream-events.ts';
import { cancelWithdrawalRoute } from './withdrawals/cancel-withdrawal.ts';
import { createWithdrawalRoute } from './withdrawals/create-withdrawal.ts';
import { getDecisionRoute, getFullDecisionRoute } from './withdrawals/get-decision.ts';
import { getWithdrawalRoute } from './withdrawals/get-withdrawal.ts';
import { listWithdrawalEventsRoute } from './withdrawals/list-events.ts';
import { listWithdrawalsRoute } from './withdrawals/list-withdrawals.ts';

/** Every call there is, in the order of the documentation. */
export const allRoutes: readonly Route[] = [
  createWithdrawalRoute,
  listWithdrawalsRoute,
  getWithdrawalRoute,
  listWithdrawalEventsRoute,
  getDecisionRoute,
  cancelWithdrawalRoute,
  streamEventsRoute,
  createBulkRoute,
  getBulkRoute,
  getBulkReportRoute,
  listReviewsRoute,
  getReviewRoute,
  ...voteRoutes,
  listAddressBookRoute,
  addAddressRoute,
  removeAddressRoute,
  listChainsRoute,
  listAssetsRoute,
  listBalancesRoute,
  createCreditRoute,
  listTiersRoute,
  setTierRoute,
  assignTierRoute,
  listPoliciesRoute,
  createPolicyRoute,
  getPolicyRoute,
  dryRunPolicyRoute,
  activatePolicyRoute,
  retirePolicyRoute,
  getFullDecisionRoute,
  listBlockedRoute,
  blockAddressRoute,
  unblockAddressRoute,
  listRatesRoute,
  setPairRoute,
  setRateRoute,
  listAllReviewsRoute,
  approveWithdrawalRoute,
  rejectWithdrawalRoute,
  indexRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openApiRoute,
  problemPageRoute,
];
