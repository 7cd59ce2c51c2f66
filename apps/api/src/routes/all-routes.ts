import type { Route } from '../http/define-route.ts';
import { createAlertChannelRoute } from './admin/alert-channels/create-channel.ts';
import { listAlertChannelsRoute } from './admin/alert-channels/list-channels.ts';
import { removeAlertChannelRoute } from './admin/alert-channels/remove-channel.ts';
import { testAlertChannelRoute } from './admin/alert-channels/test-channel.ts';
import { createCreditRoute } from './admin/credits/create-credit.ts';
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
  createAlertChannelRoute,
  listAlertChannelsRoute,
  testAlertChannelRoute,
  removeAlertChannelRoute,
  indexRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openApiRoute,
  problemPageRoute,
];
