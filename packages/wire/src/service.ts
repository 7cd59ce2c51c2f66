import { z } from 'zod';

export const health = z
  .object({ status: z.literal('ok') })
  .meta({ id: 'Health', description: 'The process answers.' });

export const readiness = z
  .object({
    ready: z.boolean().meta({ examples: [true] }),
    checks: z.record(z.string(), z.string()).meta({
      description:
        'Each condition: `ok`, `degraded: …` (the work goes on, and somebody should know), or what is missing.',
      examples: [{ database: 'ok', schema: 'ok', chains: 'ok' }],
    }),
  })
  .meta({ id: 'Readiness', description: 'Whether the process can do its work.' });

export const serviceIndex = z
  .object({
    name: z.literal('Naru withdrawals API'),
    docs: z.string().meta({ examples: ['/docs/'] }),
    openapi: z.string().meta({ examples: ['/openapi.json'] }),
  })
  .meta({ id: 'ServiceIndex', description: 'Where to look.' });
