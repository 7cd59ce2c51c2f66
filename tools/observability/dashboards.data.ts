import { deposits } from './deposit-dashboard.data.ts';
import { type Dashboard, figure, line, quantile } from './panel.ts';
import { api, resources } from './service-dashboards.data.ts';

const overview: Dashboard = {
  uid: 'naru-overview',
  title: 'Naru: is money stuck?',
  description: 'One look: what waits, what is wrong, what was paid.',
  panels: [
    figure(
      'Books that do not hold',
      'Open alarms of the books. Not 0: stop paying, and look at naru alarms.',
      'short',
      'sum(max by (invariant) (naru_alarm_open))',
      {
        steps: [1, 1],
      },
    ),
    figure(
      'Queue',
      'Withdrawals without a nonce: to be taken up or planned.',
      'short',
      'naru:queue:withdrawals',
      {
        steps: [500, 1000],
      },
    ),
    figure(
      'Dead letters',
      'Work that was given up and waits for a person.',
      'short',
      'naru:dead_letters:total',
      {
        steps: [50, 100],
      },
    ),
    figure(
      'Failure rate',
      'Share of what ended in 15 minutes that we could not pay.',
      'percentunit',
      'naru:failure:ratio15m',
      {
        steps: [0.05, 0.1],
      },
    ),
    figure(
      'Accounts paused',
      'Sub-accounts that take no new nonces.',
      'short',
      'sum(max by (chain) (naru_sub_accounts{state="PAUSED"}))',
      {
        steps: [1, 3],
      },
    ),
    figure(
      'Roles that do not answer',
      'Targets without metrics.',
      'short',
      'count(up{job="naru"} == 0) or vector(0)',
      {
        steps: [1, 1],
      },
    ),
    line(
      'Open withdrawals by state',
      'Where they stand now. A state that only grows is where it hurts.',
      'short',
      [{ expr: 'sum by (state) (max by (chain, state) (naru_withdrawals_open))', legend: '{{state}}' }],
    ),
    line('Age of the oldest in each state', 'Since it was asked for.', 's', [
      {
        expr: 'max by (state) (naru_withdrawals_oldest_age_seconds)',
        legend: '{{state}}',
      },
    ]),
    line('Confirmed and failed', 'Withdrawals that ended, a second.', 'cps', [
      {
        expr: 'sum by (outcome, cause) (rate(naru_withdrawals_finished_total[$__rate_interval]))',
        legend: '{{outcome}} {{cause}}',
      },
    ]),
    line('From submit to confirmed', 'Half of all, and 95 of 100, are faster.', 's', [
      {
        expr: quantile(0.5, 'naru_withdrawal_latency_seconds', 'state', '{state="CONFIRMED"}'),
        legend: 'half',
      },
      {
        expr: quantile(0.95, 'naru_withdrawal_latency_seconds', 'state', '{state="CONFIRMED"}'),
        legend: '95 %',
      },
    ]),
    line(
      'How long accounts last',
      'Seconds until an account has paid out all it holds, at the rate of now.',
      's',
      [{ expr: 'min by (chain, asset) (naru_account_runway_seconds)', legend: '{{chain}} {{asset}}' }],
      { width: 24 },
    ),
  ],
};

const moneyPath: Dashboard = {
  uid: 'naru-money-path',
  title: 'Naru: money path by stage',
  description: 'Each stage from accepted to confirmed: how many wait there, how long, and how fast it works.',
  panels: [
    line(
      'Accepted, planned, signed, sent, mined, confirmed',
      'Withdrawals that reached each state, a second.',
      'cps',
      [
        {
          expr: 'sum by (state) (rate(naru_withdrawal_transitions_total[$__rate_interval]))',
          legend: '{{state}}',
        },
      ],
    ),
    line(
      'Time until each state',
      '95 of 100 are faster. The distance of two lines is what a stage takes.',
      's',
      [{ expr: quantile(0.95, 'naru_withdrawal_latency_seconds', 'state'), legend: '{{state}}' }],
    ),
    ...[
      'PENDING',
      'VALIDATING',
      'REVIEW',
      'SIGNING',
      'SIGNED',
      'BROADCASTING',
      'BROADCASTED',
      'CONFIRMING',
    ].map((state) =>
      line(
        state,
        `Withdrawals in ${state}, by chain.`,
        'short',
        [{ expr: `max by (chain) (naru_withdrawals_open{state="${state}"})`, legend: '{{chain}}' }],
        { width: 6 },
      ),
    ),
    line('Nonces open', 'Transactions in flight of each account.', 'short', [
      { expr: 'max by (chain, sub_account) (naru_nonces_open)', legend: '{{chain}} {{sub_account}}' },
    ]),
    line('Age of the oldest nonce', 'Above ten times the time to final depth it is stuck.', 's', [
      {
        expr: 'max by (chain, sub_account) (naru_nonce_oldest_age_seconds)',
        legend: '{{chain}} {{sub_account}}',
      },
      { expr: '300 + 10 * max by (chain) (naru_chain_final_seconds)', legend: '{{chain}}: stuck' },
    ]),
    line('Nonce gaps', 'Nonces that no node has although later ones of the account are there.', 'short', [
      { expr: 'max by (chain, sub_account) (naru_nonce_gaps)', legend: '{{chain}} {{sub_account}}' },
    ]),
    line('Signatures and refusals', 'What the signer did, a second.', 'ops', [
      {
        expr: 'sum by (intent) (rate(naru_signer_signed_total[$__rate_interval]))',
        legend: 'signed {{intent}}',
      },
      {
        expr: 'sum by (code) (rate(naru_signer_refused_total[$__rate_interval])) > 0',
        legend: 'refused {{code}}',
      },
      { expr: 'sum(rate(naru_signer_unauthorized_total[$__rate_interval])) > 0', legend: 'unauthorized' },
    ]),
    line('Time of a signing call', 'From body to answer; a call has up to 64 requests.', 's', [
      { expr: quantile(0.5, 'naru_signer_sign_call_seconds', 'role'), legend: 'half' },
      { expr: quantile(0.95, 'naru_signer_sign_call_seconds', 'role'), legend: '95 %' },
    ]),
    line('Signing calls under way', 'Above 8 the signer answers busy.', 'short', [
      { expr: 'sum(naru_signer_calls_under_way)', legend: 'calls' },
    ]),
  ],
};

const chains: Dashboard = {
  uid: 'naru-chains',
  title: 'Naru: chains and RPC',
  description: 'Whether the chains can be reached, and what nodes say.',
  panels: [
    figure(
      'Fewest providers in use',
      'Of the chain that has fewest. 1: it is believed alone. 0: the chain stands.',
      'short',
      'min(max by (chain) (naru_rpc_providers_usable))',
      { width: 6 },
    ),
    figure(
      'Breakers open',
      'Providers out of use.',
      'short',
      'sum(max by (chain, provider) (naru_rpc_breaker_open))',
      {
        width: 6,
        steps: [1, 2],
      },
    ),
    figure(
      'Wrong chain',
      'Answers of another chain than the configured one, in an hour.',
      'short',
      'sum(increase(naru_rpc_wrong_chain_total[1h]))',
      { width: 6, steps: [1, 1] },
    ),
    figure(
      'Greatest lag',
      'Blocks that a provider is behind the best one.',
      'short',
      'max(naru_rpc_lag_blocks)',
      { width: 6 },
    ),
    line('Providers in use', 'By chain.', 'short', [
      { expr: 'max by (chain) (naru_rpc_providers_usable)', legend: '{{chain}}' },
    ]),
    line('Head', 'Newest block of each provider.', 'short', [
      { expr: 'max by (chain, provider) (naru_rpc_head_block)', legend: '{{chain}} {{provider}}' },
    ]),
    line('Requests', 'By outcome, a second.', 'reqps', [
      {
        expr: 'sum by (chain, provider, outcome) (rate(naru_rpc_request_seconds_count[$__rate_interval]))',
        legend: '{{chain}} {{provider}} {{outcome}}',
      },
    ]),
    line('Time of a request', '95 of 100 are faster, by method.', 's', [
      { expr: quantile(0.95, 'naru_rpc_request_seconds', 'method'), legend: '{{method}}' },
    ]),
    line('Answers to sent transactions', 'Classified. Unknown is sent again.', 'ops', [
      {
        expr: 'sum by (chain, outcome) (rate(naru_broadcasts_total[$__rate_interval]))',
        legend: '{{chain}} {{outcome}}',
      },
    ]),
    line('Accounts by state', 'Paused ones take no new nonces.', 'short', [
      { expr: 'max by (chain, state) (naru_sub_accounts)', legend: '{{chain}} {{state}}' },
    ]),
  ],
};

export const dashboards: readonly Dashboard[] = [overview, moneyPath, chains, deposits, api, resources];
