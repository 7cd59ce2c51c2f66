import type { Route } from '../http/define-route.ts';
import { readAccountForecastRoute } from './admin/account-forecast/read-account-forecast.ts';
import { listAccountThresholdsRoute } from './admin/account-thresholds/list-account-thresholds.ts';
import { removeAccountThresholdRoute } from './admin/account-thresholds/remove-account-threshold.ts';
import { setAccountThresholdRoute } from './admin/account-thresholds/set-account-threshold.ts';
import { listAccountTransfersRoute } from './admin/account-transfers/list-account-transfers.ts';
import { createCreditRoute } from './admin/credits/create-credit.ts';
import { addSubAccountRoute } from './admin/sub-accounts/add-sub-account.ts';
import { changeRoleRoute } from './admin/sub-accounts/change-role.ts';
import { changeSubAccountRoute } from './admin/sub-accounts/change-sub-account.ts';
import { listSubAccountsRoute } from './admin/sub-accounts/list-sub-accounts.ts';
import { topUpRoute } from './admin/sub-accounts/top-up.ts';
import { listAssetsRoute } from './assets/list-assets.ts';
import { listBalancesRoute } from './balances/list-balances.ts';
import { createBulkRoute } from './bulk-withdrawals/create-bulk.ts';
import { getBulkRoute } from './bulk-withdrawals/get-bulk.ts';
import { getBulkReportRoute } from './bulk-withdrawals/get-report.ts';
import { listChainsRoute } from './chains/list-chains.ts';
import { indexRoute, openApiRoute } from './service/documents.ts';
import { healthRoute, readinessRoute } from './service/health.ts';
import { metricsRoute } from './service/metrics.ts';
import { problemPageRoute } from './service/problem-page.ts';
import { streamEventsRoute } from './stream/stream-events.ts';
import { cancelWithdrawalRoute } from './withdrawals/cancel-withdrawal.ts';
import { createWithdrawalRoute } from './withdrawals/create-withdrawal.ts';
import { getWithdrawalRoute } from './withdrawals/get-withdrawal.ts';
import { listWithdrawalEventsRoute } from './withdrawals/list-events.ts';
import { listWithdrawalsRoute } from './withdrawals/list-withdrawals.ts';

/** Every call there is, in the order of the documentation. */
export const allRoutes: readonly Route[] = [
  createWithdrawalRoute,
  listWithdrawalsRoute,
  getWithdrawalRoute,
  listWithdrawalEventsRoute,
  cancelWithdrawalRoute,
  streamEventsRoute,
  createBulkRoute,
  getBulkRoute,
  getBulkReportRoute,
  listChainsRoute,
  listAssetsRoute,
  listBalancesRoute,
  createCreditRoute,
  listSubAccountsRoute,
  addSubAccountRoute,
  changeSubAccountRoute,
  changeRoleRoute,
  topUpRoute,
  listAccountTransfersRoute,
  listAccountThresholdsRoute,
  setAccountThresholdRoute,
  removeAccountThresholdRoute,
  readAccountForecastRoute,
  indexRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openApiRoute,
  problemPageRoute,
];
