import type { Route } from '../http/define-route.ts';
import { addAddressRoute, listAddressBookRoute, removeAddressRoute } from './address-book/address-book.ts';
import { readAccountForecastRoute } from './admin/account-forecast/read-account-forecast.ts';
import { listAccountThresholdsRoute } from './admin/account-thresholds/list-account-thresholds.ts';
import { removeAccountThresholdRoute } from './admin/account-thresholds/remove-account-threshold.ts';
import { setAccountThresholdRoute } from './admin/account-thresholds/set-account-threshold.ts';
import { listAccountTransfersRoute } from './admin/account-transfers/list-account-transfers.ts';
import { createAlertChannelRoute } from './admin/alert-channels/create-channel.ts';
import { listAlertChannelsRoute } from './admin/alert-channels/list-channels.ts';
import { removeAlertChannelRoute } from './admin/alert-channels/remove-channel.ts';
import { testAlertChannelRoute } from './admin/alert-channels/test-channel.ts';
import { addAssetRoute } from './admin/assets/add-asset.ts';
import { disableAssetRoute, enableAssetRoute, limitAssetRoute } from './admin/assets/change-asset.ts';
import { createProbeRoute } from './admin/assets/create-probe.ts';
import { getProbeRoute } from './admin/assets/get-probe.ts';
import { listOperatedAssetsRoute } from './admin/assets/list-operated-assets.ts';
import { blockAddressRoute, listBlockedRoute, unblockAddressRoute } from './admin/block-list/block-list.ts';
import { listOperatedChainsRoute } from './admin/chains/list-operated-chains.ts';
import { disableChainRoute, enableChainRoute } from './admin/chains/switch-chain.ts';
import { createCreditRoute } from './admin/credits/create-credit.ts';
import {
  closeDeadLetterRoute,
  getDeadLetterRoute,
  listDeadLettersRoute,
  noteDeadLetterRoute,
} from './admin/dead-letters/dead-letters.ts';
import { creditDepositRoute } from './admin/deposits/credit-deposit.ts';
import { getAnyDepositRoute } from './admin/deposits/get-any-deposit.ts';
import { listAllDepositsRoute } from './admin/deposits/list-all-deposits.ts';
import { listRatesRoute, setPairRoute, setRateRoute } from './admin/exchange-rates/exchange-rates.ts';
import {
  createExportRoute,
  getExportFileRoute,
  getExportRoute,
  listExportsRoute,
} from './admin/exports/exports.ts';
import {
  getLedgerAccountRoute,
  listLedgerAccountsRoute,
  listLedgerPostingsRoute,
} from './admin/ledger/ledger.ts';
import { getOverviewRoute, streamOverviewRoute } from './admin/overview/overview.ts';
import {
  activatePolicyRoute,
  createPolicyRoute,
  dryRunPolicyRoute,
  getPolicyRoute,
  listPoliciesRoute,
  retirePolicyRoute,
} from './admin/policies/policies.ts';
import { getQueuesRoute } from './admin/queues/queues.ts';
import {
  acknowledgeAlarmRoute,
  getReconciliationRoute,
  listAlarmsRoute,
  signOffDayRoute,
  snoozeAlarmRoute,
} from './admin/reconciliation/reconciliation.ts';
import {
  getReportFileRoute,
  getReportRoute,
  listReportsRoute,
  rerunReportRoute,
} from './admin/reports/reports.ts';
import { getReservesRoute } from './admin/reserves/get-reserves.ts';
import { listSavedViewsRoute, removeViewRoute, saveViewRoute } from './admin/saved-views/saved-views.ts';
import { searchRoute } from './admin/search/search.ts';
import { changeSettingRoute } from './admin/settings/change-setting.ts';
import { getSettingRoute } from './admin/settings/get-setting.ts';
import { listSettingsRoute } from './admin/settings/list-settings.ts';
import { revertSettingRoute } from './admin/settings/revert-setting.ts';
import { addSubAccountRoute } from './admin/sub-accounts/add-sub-account.ts';
import { changeRoleRoute } from './admin/sub-accounts/change-role.ts';
import { changeSubAccountRoute } from './admin/sub-accounts/change-sub-account.ts';
import { listSubAccountsRoute } from './admin/sub-accounts/list-sub-accounts.ts';
import { topUpRoute } from './admin/sub-accounts/top-up.ts';
import { assignTierRoute, listTiersRoute, setTierRoute } from './admin/tiers/tiers.ts';
import {
  cancelProposalRoute,
  getTreasuryProposalRoute,
  listTreasuriesRoute,
  listTreasuryProposalsRoute,
  proposeTopUpRoute,
  rejectProposalRoute,
  signProposalRoute,
} from './admin/treasury/treasury.ts';
import { changeWithdrawalFeeRoute } from './admin/withdrawal-fees/change-fee.ts';
import { getWithdrawalFeeHistoryRoute } from './admin/withdrawal-fees/get-fee-history.ts';
import { listWithdrawalFeesRoute } from './admin/withdrawal-fees/list-fees.ts';
import { approveWithdrawalRoute, rejectWithdrawalRoute } from './admin/withdrawals/decide-withdrawal.ts';
import { getChainTxRoute, getWithdrawalDetailRoute } from './admin/withdrawals/get-detail.ts';
import {
  countAllWithdrawalsRoute,
  listAllWithdrawalsRoute,
} from './admin/withdrawals/list-all-withdrawals.ts';
import { operateRoutes } from './admin/withdrawals/operate-withdrawal.ts';
import { createApiKeyRoute, listApiKeysRoute, revokeApiKeyRoute } from './api-keys/api-keys.ts';
import { listAssetsRoute } from './assets/list-assets.ts';
import { getAuditStateRoute, listAuditRoute, verifyAuditRoute } from './audit/audit.ts';
import { listBalancesRoute } from './balances/list-balances.ts';
import { createBulkRoute } from './bulk-withdrawals/create-bulk.ts';
import { getBulkRoute } from './bulk-withdrawals/get-bulk.ts';
import { getBulkReportRoute } from './bulk-withdrawals/get-report.ts';
import { listBulksRoute } from './bulk-withdrawals/list-bulks.ts';
import { listChainsRoute } from './chains/list-chains.ts';
import { createDepositAddressRoute } from './deposit-addresses/create-address.ts';
import { getDepositAddressRoute } from './deposit-addresses/get-address.ts';
import { listDepositAddressesRoute } from './deposit-addresses/list-addresses.ts';
import { getDepositRoute } from './deposits/get-deposit.ts';
import { listDepositsRoute } from './deposits/list-deposits.ts';
import { getEventRoute } from './events/get-event.ts';
import { listEventsRoute } from './events/list-all-events.ts';
import { getMeRoute } from './me/get-me.ts';
import {
  acceptInvitationRoute,
  createInvitationRoute,
  listInvitationsRoute,
  revokeInvitationRoute,
} from './people/invitations.ts';
import {
  changePersonRoleRoute,
  listActivityRoute,
  listPeopleRoute,
  removePersonRoute,
} from './people/people.ts';
import { getReservesProofRoute } from './reserves/get-proof.ts';
import { getAnyReviewRoute, getReviewRoute } from './reviews/get-review.ts';
import { listAllReviewsRoute, listReviewsRoute } from './reviews/list-reviews.ts';
import { voteRoutes } from './reviews/vote.ts';
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
import { getDecisionRoute, getFullDecisionRoute } from './withdrawals/get-decision.ts';
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
  getDecisionRoute,
  cancelWithdrawalRoute,
  streamEventsRoute,
  listEventsRoute,
  getEventRoute,
  createBulkRoute,
  listBulksRoute,
  getBulkRoute,
  getBulkReportRoute,
  listReviewsRoute,
  getReviewRoute,
  ...voteRoutes,
  createDepositAddressRoute,
  listDepositAddressesRoute,
  getDepositAddressRoute,
  listDepositsRoute,
  getDepositRoute,
  getReservesProofRoute,
  listAddressBookRoute,
  addAddressRoute,
  removeAddressRoute,
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
  getMeRoute,
  getOverviewRoute,
  streamOverviewRoute,
  listLedgerAccountsRoute,
  getLedgerAccountRoute,
  listLedgerPostingsRoute,
  getReconciliationRoute,
  signOffDayRoute,
  listAlarmsRoute,
  acknowledgeAlarmRoute,
  snoozeAlarmRoute,
  listAuditRoute,
  getAuditStateRoute,
  verifyAuditRoute,
  listPeopleRoute,
  changePersonRoleRoute,
  removePersonRoute,
  listActivityRoute,
  listInvitationsRoute,
  createInvitationRoute,
  revokeInvitationRoute,
  acceptInvitationRoute,
  listApiKeysRoute,
  createApiKeyRoute,
  revokeApiKeyRoute,
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
  listSavedViewsRoute,
  saveViewRoute,
  removeViewRoute,
  listRatesRoute,
  setPairRoute,
  setRateRoute,
  searchRoute,
  listAllWithdrawalsRoute,
  countAllWithdrawalsRoute,
  getWithdrawalDetailRoute,
  getChainTxRoute,
  getAnyReviewRoute,
  listAllReviewsRoute,
  approveWithdrawalRoute,
  rejectWithdrawalRoute,
  listAllDepositsRoute,
  getAnyDepositRoute,
  creditDepositRoute,
  getReservesRoute,
  listWithdrawalFeesRoute,
  getWithdrawalFeeHistoryRoute,
  changeWithdrawalFeeRoute,
  listSubAccountsRoute,
  addSubAccountRoute,
  changeSubAccountRoute,
  changeRoleRoute,
  topUpRoute,
  listTreasuriesRoute,
  listTreasuryProposalsRoute,
  getTreasuryProposalRoute,
  proposeTopUpRoute,
  rejectProposalRoute,
  signProposalRoute,
  cancelProposalRoute,
  listAccountTransfersRoute,
  listAccountThresholdsRoute,
  setAccountThresholdRoute,
  removeAccountThresholdRoute,
  readAccountForecastRoute,
  createAlertChannelRoute,
  listAlertChannelsRoute,
  testAlertChannelRoute,
  removeAlertChannelRoute,
  ...operateRoutes,
  listDeadLettersRoute,
  getDeadLetterRoute,
  closeDeadLetterRoute,
  noteDeadLetterRoute,
  listReportsRoute,
  getReportRoute,
  getReportFileRoute,
  rerunReportRoute,
  createExportRoute,
  listExportsRoute,
  getExportRoute,
  getExportFileRoute,
  getQueuesRoute,
  indexRoute,
  healthRoute,
  readinessRoute,
  metricsRoute,
  openApiRoute,
  problemPageRoute,
];
