import type { Route } from '../http/define-route.ts';
import { createCreditRoute } from './admin/credits/create-credit.ts';
import {
  closeDeadLetterRoute,
  getDeadLetterRoute,
  listDeadLettersRoute,
  noteDeadLetterRoute,
} from './admin/dead-letters/dead-letters.ts';
import { approveWithdrawalRoute, rejectWithdrawalRoute } from './admin/withdrawals/decide-withdrawal.ts';
import { operateRoutes } from './admin/withdrawals/operate-withdrawal.ts';
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
  listReviewsRoute,
  getReviewRoute,
  ...voteRoutes,
  listChainsRoute,
  listAssetsRoute,
  listBalancesRoute,
  createCreditRoute,
  listAllReviewsRoute,
  approveWithdrawalRoute,
  rejectWithdrawalRoute,
  ...operateRoutes,
  listDeadLettersRoute,
  getDeadLetterRoute,
  closeDeadLetterRoute,
  noteDeadLetterRoute,
  indexRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openApiRoute,
  problemPageRoute,
];
