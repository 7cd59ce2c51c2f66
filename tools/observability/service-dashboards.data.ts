import { type Dashboard, figure, line, quantile } from './panel.ts';

export const api: Dashboard = {
  uid: 'naru-api',
  title: 'Naru: API',
  description: 'What callers see.',
  panels: [
    figure(
      'Errors',
      'Share of calls of 5 minutes answered with a 5xx.',
      'percentunit',
      'naru:api_errors:ratio5m',
      { width: 6, steps: [0.01, 0.05] },
    ),
    figure('95 of 100 calls take less than', 'Without streams and files.', 's', 'naru:api_latency:p95_5m', {
      width: 6,
      steps: [0.5, 1],
    }),
    figure('Streams open', 'Live connections.', 'short', 'sum(naru_streams_open)', { width: 6 }),
    figure(
      'Streams cut, in an hour',
      'Whose reader was too slow, or stalled.',
      'short',
      'sum(increase(naru_stream_cut_total[1h]))',
      {
        width: 6,
      },
    ),
    line('Calls by route', 'A second.', 'reqps', [
      {
        expr: 'sum by (method, route) (rate(naru_http_request_duration_seconds_count{route!~"/healthz|/readyz|/metrics"}[$__rate_interval]))',
        legend: '{{method}} {{route}}',
      },
    ]),
    line('Calls by status', 'A second.', 'reqps', [
      {
        expr: 'sum by (status) (rate(naru_http_request_duration_seconds_count{route!~"/healthz|/readyz|/metrics"}[$__rate_interval]))',
        legend: '{{status}}',
      },
    ]),
    line('Time by route', '95 of 100 calls are faster.', 's', [
      {
        expr: quantile(
          0.95,
          'naru_http_request_duration_seconds',
          'route',
          '{route!~"/healthz|/readyz|/metrics|/v1/stream"}',
        ),
        legend: '{{route}}',
      },
    ]),
    line('Files', 'Uploads and reports of bulk files: half of them are faster.', 's', [
      {
        expr: quantile(
          0.5,
          'naru_http_request_duration_seconds',
          'route',
          '{route=~"/v1/bulk-withdrawals.*"}',
        ),
        legend: '{{route}}',
      },
    ]),
    line(
      'Webhooks: age of the oldest event that is still to be told',
      'Grows while a receiver does not answer.',
      's',
      [{ expr: 'max(naru_webhook_oldest_untried_seconds)', legend: 'oldest' }],
      { width: 24 },
    ),
  ],
};

export const resources: Dashboard = {
  uid: 'naru-resources',
  title: 'Naru: database, jobs and resources',
  description: 'What the processes use, and what works beside the money path.',
  panels: [
    ...(['cpu', 'memory', 'heap', 'event_loop', 'disk', 'database_connections'] as const).map((resource) =>
      line(
        resource.replaceAll('_', ' '),
        'Used share of what may be used, by role. From 70 % a warning, from 90 % critical.',
        'percentunit',
        [
          {
            expr: `max by (role, instance) (naru_resource_used_ratio{resource="${resource}"})`,
            legend: '{{role}} {{instance}}',
          },
        ],
        { width: 8, steps: [0.7, 0.9] },
      ),
    ),
    line('Memory of each process', 'Resident.', 'bytes', [
      { expr: 'max by (role, instance) (process_resident_memory_bytes)', legend: '{{role}} {{instance}}' },
    ]),
    line('Event loop lag', 'How late timers are: 99 of 100 are faster.', 's', [
      { expr: 'max by (role, instance) (nodejs_eventloop_lag_p99_seconds)', legend: '{{role}} {{instance}}' },
    ]),
    line(
      'Jobs that failed last',
      'Jobs whose last run failed are 0.',
      'short',
      [{ expr: 'min by (job) (naru_job_last_ok)', legend: '{{job}}' }],
      { kind: 'bargauge' },
    ),
    line(
      'Last success of each job',
      'When it was last done.',
      'dateTimeFromNow',
      [{ expr: 'max by (job) (naru_job_last_success_timestamp_seconds) * 1000', legend: '{{job}}' }],
      { kind: 'table' },
    ),
    line('Duration of jobs', 'Of the last run that ended.', 's', [
      { expr: 'max by (job) (naru_job_last_duration_seconds)', legend: '{{job}}' },
    ]),
    line('Seconds since a job began', 'Above its schedule nobody runs it.', 's', [
      { expr: 'time() - max by (job) (naru_job_last_run_timestamp_seconds)', legend: '{{job}}' },
    ]),
    line('Open alarms', 'By invariant.', 'short', [
      { expr: 'max by (invariant) (naru_alarm_open)', legend: '{{invariant}}' },
    ]),
    line('Since an invariant was found to hold', 'By invariant.', 's', [
      {
        expr: 'time() - max by (invariant) (naru_invariant_last_ok_timestamp_seconds)',
        legend: '{{invariant}}',
      },
    ]),
    line('History without a seal', 'Age of the oldest row.', 's', [
      { expr: 'max by (stream) (naru_history_unsealed_age_seconds)', legend: '{{stream}}' },
    ]),
    line('Rows sealed', 'A second.', 'ops', [
      { expr: 'sum(rate(naru_history_sealed_rows_total[$__rate_interval]))', legend: 'rows' },
    ]),
    line('Signals over SQS', 'Waiting, and given up. Empty where signals travel by the database.', 'short', [
      { expr: 'max by (channel, queue) (naru_signal_queue_depth)', legend: '{{channel}} {{queue}}' },
    ]),
    line('Signals that failed', 'A second.', 'ops', [
      {
        expr: 'sum by (channel, operation) (rate(naru_signal_failures_total[$__rate_interval]))',
        legend: '{{channel}} {{operation}}',
      },
    ]),
  ],
};
