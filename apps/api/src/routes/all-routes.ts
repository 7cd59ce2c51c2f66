import type { Route } from '../http/define-route.ts';
import { createCreditRoute } from './admin/credits/create-credit.ts';
import { creditDepositRoute } from './admin/deposits/credit-deposit.ts';
import { listAllDepositsRoute } from './admin/deposits/list-all-deposits.ts';
import { getReservesRoute } from './admin/reserves/get-reserves.ts';
import { listAssetsRoute } from './assets/list-assets.ts';
import { listBalancesRoute } from './balances/list-balances.ts';
import { createBulkRoute } from './bulk-withdrawals/create-bulk.ts';
import { getBulkRoute } from './bulk-withdrawals/get-bulk.ts';
import { getBulkReportRoute } from './bulk-withdrawals/get-report.ts';
import { listChainsRoute } from './chains/list-chains.ts';
import { createDepositAddressRoute } from './deposit-addresses/create-address.ts';
import { getDepositAddressRoute } from './deposit-addresses/get-address.ts';
import { listDepositAddressesRoute } from './deposit-addresses/list-addresses.ts';
import { getDepositRoute } from './deposits/get-deposit.ts';
import { listDepositsRoute } from './deposits/list-deposits.ts';
import { getReservesProofRoute } from './reserves/get-proof.ts';
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
  createDepositAddressRoute,
  listDepositAddressesRoute,
  getDepositAddressRoute,
  listDepositsRoute,
  getDepositRoute,
  getReservesProofRoute,
  listChainsRoute,
  listAssetsRoute,
  listBalancesRoute,
  createCreditRoute,
  listAllDepositsRoute,
  creditDepositRoute,
  getReservesRoute,
  indexRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openApiRoute,
  problemPageRoute,
];
