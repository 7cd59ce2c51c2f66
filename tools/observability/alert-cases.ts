/** Series as promtool writes them: `1x20` is 1 and twenty more of it, `0+60x20` rises by 60 a minute. */
export type Series = Readonly<Record<string, string>>;

/**
 * One case for each alert: figures at its threshold, with which it must stay silent, and figures beyond it, with which it
 * fires once `after` has passed. One step of a series is a minute.
 */
export type AlertCase = {
  alert: string;
  severity: 'critical' | 'warning';
  /** Labels of the fired alert, besides name and severity. */
  labels?: Readonly<Record<string, string>>;
  silent: Series;
  fires: Series;
  /** Minutes until it fires; one step before that it does not yet. */
  after: number;
  /** Whether it has fired one minute before `after` is not asked: a rate counts from its first step. */
  ramps?: boolean;
};

const calls = (failed: number, well: number): Series => ({
  'naru_http_request_duration_seconds_count{route="/v1/withdrawals",status="500"}': `0+${failed}x30`,
  'naru_http_request_duration_seconds_count{route="/v1/withdrawals",status="202"}': `0+${well}x30`,
  // Probes must not make the share smaller, and a failing one is no failed call.
  'naru_http_request_duration_seconds_count{route="/readyz",status="503"}': '0+100000x30',
  'naru_http_request_duration_seconds_count{route="/healthz",status="200"}': '0+100000x30',
});
/** `slow` of 100 calls a minute take between one second and 2.5. A stream that lasted an hour is no slow call. */
const latency = (slow: number): Series => ({
  'naru_http_request_duration_seconds_bucket{route="/v1/withdrawals",le="0.5"}': `0+${100 - slow}x30`,
  'naru_http_request_duration_seconds_bucket{route="/v1/withdrawals",le="1"}': `0+${100 - slow}x30`,
  'naru_http_request_duration_seconds_bucket{route="/v1/withdrawals",le="2.5"}': '0+100x30',
  'naru_http_request_duration_seconds_bucket{route="/v1/withdrawals",le="+Inf"}': '0+100x30',
  'naru_http_request_duration_seconds_bucket{route="/v1/stream",le="1"}': '0x30',
  'naru_http_request_duration_seconds_bucket{route="/v1/stream",le="+Inf"}': '0+1000x30',
});
/** Two workers that say the same, and states that are no queue. */
const waiting = (pending: number, validating: number): Series => ({
  'naru_withdrawals_open{chain="polygon",state="PENDING",role="processor"}': `${pending}x30`,
  'naru_withdrawals_open{chain="polygon",state="PENDING",role="monitor"}': `${pending}x30`,
  'naru_withdrawals_open{chain="bsc",state="VALIDATING",role="monitor"}': `${validating}x30`,
  'naru_withdrawals_open{chain="polygon",state="CONFIRMING",role="monitor"}': '90000x30',
  'naru_withdrawals_open{chain="polygon",state="REVIEW",role="monitor"}': '90000x30',
});
const deadLetters = (count: number): Series => ({
  'naru_dead_letters{cause="one",role="jobs"}': `${count - 10}x30`,
  'naru_dead_letters{cause="one",role="monitor"}': `${count - 10}x30`,
  'naru_dead_letters{cause="other",role="jobs"}': '10x30',
});
/** What recipients refused counts as ended; what was decided against does not count at all. */
const ended = (ours: number, others: number): Series => ({
  'naru_withdrawals_finished_total{outcome="failed",cause="ours"}': `0+${ours}x30`,
  'naru_withdrawals_finished_total{outcome="failed",cause="recipient"}': `0+${others / 2}x30`,
  'naru_withdrawals_finished_total{outcome="confirmed",cause="none"}': `0+${others / 2}x30`,
  'naru_withdrawals_finished_total{outcome="failed",cause="decision"}': '0+100000x30',
});
const used = (share: number): Series => ({
  'naru_resource_used_ratio{role="api",instance="a",resource="memory"}': `${share}x30`,
});
const one = (series: string, silent: number, fires: number) => ({
  silent: { [series]: `${silent}x60` },
  fires: { [series]: `${fires}x60` },
});
const counter = (series: string) => ({
  silent: { [series]: '7x30' },
  fires: { [series]: '0 0 0 1x30' },
  ramps: true,
});

export const alertCases: readonly AlertCase[] = [
  {
    alert: 'NaruApiErrorsCritical',
    severity: 'critical',
    silent: calls(5, 95),
    fires: calls(6, 94),
    after: 5,
    ramps: true,
  },
  { alert: 'NaruApiSlow', severity: 'warning', silent: latency(4), fires: latency(6), after: 6 },
  {
    alert: 'NaruQueueCritical',
    severity: 'critical',
    labels: { topic: 'queue' },
    silent: waiting(600, 400),
    fires: waiting(601, 400),
    after: 5,
  },
  {
    alert: 'NaruQueueWarning',
    severity: 'warning',
    labels: { topic: 'queue' },
    silent: waiting(300, 200),
    fires: waiting(301, 200),
    after: 5,
  },
  {
    alert: 'NaruDeadLettersCritical',
    severity: 'critical',
    labels: { topic: 'dead_letters' },
    silent: deadLetters(100),
    fires: deadLetters(101),
    after: 0,
  },
  {
    alert: 'NaruDeadLettersWarning',
    severity: 'warning',
    labels: { topic: 'dead_letters' },
    silent: deadLetters(50),
    fires: deadLetters(51),
    after: 0,
  },
  {
    alert: 'NaruFailureRateCritical',
    severity: 'critical',
    labels: { topic: 'failure_rate' },
    silent: ended(100, 900),
    fires: ended(101, 899),
    after: 2,
  },
  {
    alert: 'NaruFailureRateWarning',
    severity: 'warning',
    labels: { topic: 'failure_rate' },
    silent: ended(50, 950),
    fires: ended(51, 949),
    after: 2,
  },
  {
    alert: 'NaruResourceCritical',
    severity: 'critical',
    labels: { topic: 'resource', role: 'api', instance: 'a', resource: 'memory' },
    silent: used(0.9),
    fires: used(0.901),
    after: 5,
  },
  {
    alert: 'NaruResourceWarning',
    severity: 'warning',
    labels: { topic: 'resource', role: 'api', instance: 'a', resource: 'memory' },
    silent: used(0.7),
    fires: used(0.701),
    after: 15,
  },
  {
    alert: 'NaruBooksWrong',
    severity: 'critical',
    labels: { invariant: 'reserves' },
    ...one('naru_alarm_open{invariant="reserves"}', 0, 1),
    after: 0,
  },
  {
    alert: 'NaruSafetyNetBroken',
    severity: 'critical',
    labels: { invariant: 'backups' },
    ...one('naru_alarm_open{invariant="backups"}', 0, 1),
    after: 0,
  },
  {
    alert: 'NaruNonceGap',
    severity: 'critical',
    labels: { chain: 'polygon', sub_account: '0xa' },
    ...one('naru_nonce_gaps{chain="polygon",sub_account="0xa"}', 0, 1),
    after: 2,
  },
  {
    alert: 'NaruStuckTransaction',
    severity: 'critical',
    labels: { chain: 'polygon', sub_account: '0xa' },
    silent: {
      'naru_nonce_oldest_age_seconds{chain="polygon",sub_account="0xa"}': '5420x9',
      'naru_chain_final_seconds{chain="polygon"}': '512x9',
    },
    fires: {
      'naru_nonce_oldest_age_seconds{chain="polygon",sub_account="0xa"}': '5421x9',
      'naru_chain_final_seconds{chain="polygon"}': '512x9',
    },
    after: 0,
  },
  {
    alert: 'NaruAccountPaused',
    severity: 'warning',
    labels: { chain: 'polygon' },
    ...one('naru_sub_accounts{chain="polygon",state="PAUSED"}', 0, 1),
    after: 5,
  },
  {
    alert: 'NaruNoAccountLeft',
    severity: 'critical',
    labels: { chain: 'polygon' },
    silent: {
      'naru_sub_accounts{chain="polygon",state="PAUSED"}': '3x9',
      'naru_sub_accounts{chain="polygon",state="ACTIVE"}': '1x9',
    },
    fires: { 'naru_sub_accounts{chain="polygon",state="PAUSED"}': '3x9' },
    after: 1,
  },
  {
    alert: 'NaruAccountRunwayShort',
    severity: 'warning',
    labels: { chain: 'polygon', asset: 'USDC' },
    ...one('naru_account_runway_seconds{chain="polygon",asset="USDC",sub_account="0xa"}', 21_600, 21_599),
    after: 5,
  },
  {
    alert: 'NaruSignerRefusesPayload',
    severity: 'critical',
    labels: { code: 'payload_conflict' },
    ...counter('naru_signer_refused_total{code="payload_conflict"}'),
    after: 3,
  },
  {
    alert: 'NaruSignerRefuses',
    severity: 'warning',
    labels: { code: 'day_limit' },
    ...counter('naru_signer_refused_total{code="day_limit"}'),
    after: 8,
  },
  {
    alert: 'NaruSignerUnauthorized',
    severity: 'critical',
    ...counter('naru_signer_unauthorized_total'),
    after: 3,
  },
  {
    alert: 'NaruStageStuck',
    severity: 'warning',
    labels: { chain: 'polygon', state: 'SIGNING' },
    ...one('naru_withdrawals_oldest_age_seconds{chain="polygon",state="SIGNING"}', 600, 601),
    after: 2,
  },
  {
    alert: 'NaruNoRpcProvider',
    severity: 'critical',
    labels: { chain: 'polygon' },
    ...one('naru_rpc_providers_usable{chain="polygon"}', 1, 0),
    after: 1,
  },
  {
    alert: 'NaruOneRpcProvider',
    severity: 'warning',
    labels: { chain: 'polygon' },
    ...one('naru_rpc_providers_usable{chain="polygon"}', 2, 1),
    after: 15,
  },
  {
    alert: 'NaruRpcWrongChain',
    severity: 'critical',
    labels: { chain: 'polygon', provider: 'a' },
    ...counter('naru_rpc_wrong_chain_total{chain="polygon",provider="a"}'),
    after: 3,
  },
  {
    alert: 'NaruWebhookLag',
    severity: 'warning',
    ...one('naru_webhook_oldest_untried_seconds', 300, 301),
    after: 5,
  },
  {
    alert: 'NaruRoleDown',
    severity: 'critical',
    labels: { job: 'naru', role: 'signer', instance: 'a' },
    ...one('up{job="naru",role="signer",instance="a"}', 1, 0),
    after: 1,
  },
  {
    alert: 'NaruJobFailed',
    severity: 'warning',
    labels: { job: 'check-books' },
    ...one('naru_job_last_ok{job="check-books"}', 1, 0),
    after: 5,
  },
  {
    alert: 'NaruChecksStopped',
    severity: 'critical',
    // Time begins at 0 in promtool: looked after each minute, and never again after the first.
    silent: { 'naru_invariant_last_ok_timestamp_seconds{invariant="reserves"}': '0+60x60' },
    fires: { 'naru_invariant_last_ok_timestamp_seconds{invariant="reserves"}': '0x60' },
    after: 12,
  },
  {
    alert: 'NaruHistoryUnsealed',
    severity: 'warning',
    labels: { stream: 'audit_event' },
    ...one('naru_history_unsealed_age_seconds{stream="audit_event"}', 60, 61),
    after: 5,
  },
  {
    alert: 'NaruSignalsDead',
    severity: 'warning',
    labels: { channel: 'naru_signer' },
    ...one('naru_signal_queue_depth{channel="naru_signer",queue="dead"}', 0, 1),
    after: 5,
  },
];
