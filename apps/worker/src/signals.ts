import type { WorkLoop } from '@naru/core/loop/work-loop.ts';
import { type SignalChannel, signalChannels } from '@naru/core/withdrawal/withdrawal.store.ts';
import { announceThrough } from '@naru/db/after-commit.ts';
import type { Database } from '@naru/db/database.ts';
import { listen } from '@naru/db/listen.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { ReadinessCheck } from '@naru/ops/ops-server.ts';
import type { Registry } from 'prom-client';
import type { Config } from './config.ts';

/** Which loop a channel wakes: the end of its name, after the chain's. */
const wokenBy: Record<SignalChannel, string> = {
  naru_processor: '/plan',
  naru_signer: '/sign',
  naru_broadcaster: '/broadcast',
};

export type Signals = {
  /** Wakes these loops from now on, those that are added later too. */
  wake(loops: ReadonlyMap<string, WorkLoop>): void;
  readiness: Record<string, ReadinessCheck>;
  close(): Promise<void>;
};

type SignalDeps = { db: Database; logger: Logger; registry: Registry };

/** Wake-ups as configured: NOTIFY within the transaction, or SQS after it. */
export async function connectSignals(deps: SignalDeps, config: Config): Promise<Signals> {
  return config.sqs === null ? overPostgres(deps, config) : await overSqs(deps, config.sqs);
}

function overPostgres({ logger }: SignalDeps, config: Config): Signals {
  let listener: ReturnType<typeof listen> | null = null;
  return {
    readiness: {},
    wake(loops) {
      listener = listen({
        databaseUrl: config.databaseUrl,
        applicationName: `naru-${config.roles.join('+')}-signals`,
        channels: signalChannels,
        onSignal: (channel) => {
          for (const loop of loopsOf(loops, channel)) loop.wake();
        },
        onError: (error) =>
          logger.warn({ error: error.message }, 'signals are lost for now; polling goes on'),
      });
    },
    close: async () => listener?.close(),
  };
}

async function overSqs(
  { db, logger, registry }: SignalDeps,
  settings: NonNullable<Config['sqs']>,
): Promise<Signals> {
  // Only then: a deployment without SQS does not even load its client.
  const { connectSqsSignals } = await import('@naru/sqs/sqs-signals.ts');
  const signals = connectSqsSignals({ logger, registry }, settings);
  let own: ReadonlyMap<string, WorkLoop> = new Map();
  // A queue may hand the signal to another instance, and the work may be ours alone: accounts that we hold, and plan
  // and sign for. So our own loops are woken at once, besides.
  announceThrough(db, (channel) => {
    for (const loop of loopsOf(own, channel)) loop.wake();
    signals.send(channel);
  });
  return {
    readiness: {
      signals: async () => {
        const degraded = signals.problem();
        return degraded === null ? { ok: true } : { ok: true, degraded };
      },
    },
    wake(loops) {
      own = loops;
      // A queue hands each signal to one receiver: those of work that is done elsewhere must not be taken from there.
      const channels = signalChannels.filter((channel) => loopsOf(loops, channel).length > 0);
      signals.receive(channels, async (channel) => {
        await Promise.all(loopsOf(loops, channel).map((loop) => loop.look()));
      });
    },
    close: signals.close,
  };
}

function loopsOf(loops: ReadonlyMap<string, WorkLoop>, channel: string): WorkLoop[] {
  const known = signalChannels.find((one) => one === channel);
  if (known === undefined) return [];
  return [...loops].flatMap(([name, loop]) => (name.endsWith(wokenBy[known]) ? [loop] : []));
}
