import type { Route } from '../http/define-route.ts';
import { addAssetRoute } from './admin/assets/add-asset.ts';
import { disableAssetRoute, enableAssetRoute, limitAssetRoute } from './admin/assets/change-asset.ts';
import { createProbeRoute } from './admin/assets/create-probe.ts';
import { getProbeRoute } from './admin/assets/get-probe.ts';
import { listOperatedAssetsRoute } from './admin/assets/list-operated-assets.ts';
import { listOperatedChainsRoute } from './admin/chains/list-operated-chains.ts';
import { disableChainRoute, enableChainRoute } from './admin/chains/switch-chain.ts';
import { createCreditRoute } from './admin/credits/create-credit.ts';
import { changeSettingRoute } from './admin/settings/change-setting.ts';
import { getSettingRoute } from './admin/settings/get-setting.ts';
import { listSettingsRoute } from './admin/settings/list-settings.ts';
import { revertSettingRoute } from './admin/settings/revert-setting.ts';
import { changeWithdrawalFeeRoute } from './admin/withdrawal-fees/change-fee.ts';
import { getWithdrawalFeeHistoryRoute } from './admin/withdrawal-fees/get-fee-history.ts';
import { listWithdrawalFeesRoute } from './admin/withdrawal-fees/list-fees.ts';
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
import { quoteWithdrawalRoute } from './withdrawals/quote-withdrawal.ts';

/** Every call there is, in the order of the documentation. */
export const allRoutes: readonly Route[] = [
  createWithdrawalRoute,
  quoteWithdrawalRoute,
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
  listSettingsRoute,
  getSettingRoute,
  changeSettingRoute,
  revertSettingRoute,
  listOperatedChainsRoute,
  enableChainRoute,
  disableChainRoute,
  listOperatedAssetsRoute,
  addAssetRoute,
  createProbeRoute,
  getProbeRoute,
  enableAssetRoute,
  disableAssetRoute,
  limitAssetRoute,
  listWithdrawalFeesRoute,
  getWithdrawalFeeHistoryRoute,
  changeWithdrawalFeeRoute,
  indexRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openApiRoute,
  problemPageRoute,
];
