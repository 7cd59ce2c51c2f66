import type { Route } from '../http/define-route.ts';
import { createCreditRoute } from './admin/credits/create-credit.ts';
import { listAssetsRoute } from './assets/list-assets.ts';
import { listBalancesRoute } from './balances/list-balances.ts';
import { createBulkRoute } from './bulk-withdrawals/create-bulk.ts';
import { getBulkRoute } from './bulk-withdrawals/get-bulk.ts';
import { getBulkReportRoute } from './bulk-withdrawals/get-report.ts';
import { listChainsRoute } from './chains/list-chains.ts';
import { getEventRoute } from './events/get-event.ts';
import { listEventsRoute } from './events/list-all-events.ts';
import { indexRoute, openApiRoute } from './service/documents.ts';
import { healthRoute, readinessRoute } from './service/health.ts';
import { metricsRoute } from './service/metrics.ts';
import { problemPageRoute } from './service/problem-page.ts';
import { streamEventsRoute } from './stream/stream-events.ts';
import { changeWebhookEndpointRoute } from './webhooks/change-endpoint.ts';
import { createWebhookEndpointRoute } from './webhooks/create-endpoint.ts';
import { deleteWebhookEndpointRoute } from './webhooks/delete-endpoint.ts';
import { getWebhookDeliveryRoute } from './webhooks/get-delivery.ts';
import { getWebhookEndpointRoute } from './webhooks/get-endpoint.ts';
import { listWebhookDeliveriesRoute } from './webhooks/list-deliveries.ts';
import { listWebhookEndpointsRoute } from './webhooks/list-endpoints.ts';
import { pauseWebhookEndpointRoute } from './webhooks/pause-endpoint.ts';
import { replayWebhookEventsRoute } from './webhooks/replay-events.ts';
import { resendWebhookDeliveryRoute } from './webhooks/resend-delivery.ts';
import { resumeWebhookEndpointRoute } from './webhooks/resume-endpoint.ts';
import { rotateWebhookSecretRoute } from './webhooks/rotate-secret.ts';
import { testWebhookEndpointRoute } from './webhooks/test-endpoint.ts';
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
  listEventsRoute,
  getEventRoute,
  createBulkRoute,
  getBulkRoute,
  getBulkReportRoute,
  listChainsRoute,
  listAssetsRoute,
  listBalancesRoute,
  createWebhookEndpointRoute,
  listWebhookEndpointsRoute,
  getWebhookEndpointRoute,
  changeWebhookEndpointRoute,
  deleteWebhookEndpointRoute,
  pauseWebhookEndpointRoute,
  resumeWebhookEndpointRoute,
  rotateWebhookSecretRoute,
  testWebhookEndpointRoute,
  listWebhookDeliveriesRoute,
  replayWebhookEventsRoute,
  getWebhookDeliveryRoute,
  resendWebhookDeliveryRoute,
  createCreditRoute,
  indexRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openApiRoute,
  problemPageRoute,
];
