import { type Dashboard, figure, line } from './panel.ts';

export const deposits: Dashboard = {
  uid: 'naru-deposits',
  title: 'Naru: deposits',
  description: 'What arrives, what waits for an operator, and what was not swept.',
  panels: [
    figure(
      'Wait for an operator',
      'Final and not credited by itself: naru deposits list --state UNCREDITED says why.',
      'short',
      'sum(max by (chain, asset) (naru_deposits{state="UNCREDITED"})) or vector(0)',
      { width: 6, steps: [1, 20] },
    ),
    figure(
      'Seen and not final',
      'In a block that is not deep enough yet.',
      'short',
      'sum(max by (chain, asset) (naru_deposits{state="DETECTED"})) or vector(0)',
      { width: 6 },
    ),
    figure(
      'Oldest that is not final',
      'Much longer than a chain takes to be final: nothing is credited there.',
      's',
      'max(naru_deposits_oldest_age_seconds{state="DETECTED"}) or vector(0)',
      { width: 6, steps: [3600, 14400] },
    ),
    figure(
      'Scanner behind',
      'Final blocks that were not read for deposits yet, of the chain that is furthest behind.',
      'short',
      'max(naru_deposit_lag_blocks)',
      { width: 6, steps: [100, 1000] },
    ),
    line('Deposits', 'What they became, a second.', 'ops', [
      {
        expr: 'sum by (chain, asset, state) (rate(naru_deposit_changes_total[$__rate_interval]))',
        legend: '{{chain}} {{asset}} {{state}}',
      },
    ]),
    line('Not at their end', 'By chain, asset and state.', 'short', [
      {
        expr: 'max by (chain, asset, state) (naru_deposits)',
        legend: '{{chain}} {{asset}} {{state}}',
      },
    ]),
    line('Not swept', 'What lies at deposit addresses, in whole units of each asset.', 'short', [
      { expr: 'max by (chain, asset) (naru_deposits_unswept)', legend: '{{chain}} {{asset}}' },
    ]),
    line('Addresses that are not swept', 'Many with little each are below what is worth a sweep.', 'short', [
      { expr: 'max by (chain, asset) (naru_deposits_unswept_addresses)', legend: '{{chain}} {{asset}}' },
    ]),
    line(
      'Blocks behind',
      'Final and not read. Grows while providers disagree, or none can be reached.',
      'short',
      [{ expr: 'max by (chain) (naru_deposit_lag_blocks)', legend: '{{chain}}' }],
    ),
  ],
};
