import type { Overview } from '@naru/core/overview/overview.ts';
import type { Look } from '../../../stream/overview-streams.ts';
import { toOverviewBody } from './to-overview-body.ts';

/** What is different in every look although nothing happened is no reason to tell it. */
export function toLook(overview: Overview): Look {
  const body = toOverviewBody(overview);
  const { asOf: _, instances, providers, webhooks, ...rest } = body;
  const essence = JSON.stringify({
    ...rest,
    instances: instances.map(({ seenAt: __, ...one }) => one),
    providers: providers.map(({ seenAt: __, latencyMs: ___, requests: ____, ...one }) => one),
    webhooks: { ...webhooks, oldestUntriedSeconds: Math.floor(webhooks.oldestUntriedSeconds / 10) },
  });
  return { text: `event: overview\ndata: ${JSON.stringify(body)}\n\n`, essence };
}
