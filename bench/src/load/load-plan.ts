import { z } from 'zod';

/** What the load generator is told on its standard input. */
export const loadPlan = z.object({
  /** Requests and connections are spread evenly over these. */
  apiUrls: z.array(z.url()).min(1).readonly(),
  apiKey: z.string(),
  /** Kept alive; all of them are open before the clock starts. */
  connections: z.int().min(1),
  /**
   * `closed`: each connection sends its next request when it has the answer, so it finds the throughput.
   * `open`: requests are sent at fixed times whether or not answers came, so it finds the latency at a given load.
   */
  loop: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('closed') }),
    z.object({ kind: z.literal('open'), perSecond: z.number().positive() }),
  ]),
  /** Sent before the clock starts. */
  warmUpMs: z.int().min(0),
  durationMs: z.int().min(1),
});
export type LoadPlan = z.output<typeof loadPlan>;

/** What it answers on its standard output. */
export const loadReport = z.object({
  /** Answers of 202 to requests that were due while the clock ran. */
  accepted: z.int(),
  /** Answers of 202 in all, warm-up included: what the database must hold. */
  acceptedInAll: z.int(),
  /** Anything else, by status or by the error of the connection. */
  refused: z.record(z.string(), z.int()),
  /** From the start of the clock to the last answer. */
  elapsedMs: z.number(),
  /** Of the accepted, ascending. In an open loop from the time at which the request was due. */
  latenciesMs: z.array(z.number()),
});
export type LoadReport = z.output<typeof loadReport>;
