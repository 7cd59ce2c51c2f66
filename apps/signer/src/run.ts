import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { loadLocalMasterKey } from '@naru/keystore/master-key.ts';
import { openKeystore } from '@naru/keystore/open-keystore.ts';
import { type Clock, systemClock } from '@naru/kit/clock.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { createLogger, type Logger } from '@naru/kit/logger.ts';
import { createMetricsRegistry } from '@naru/ops/ops-server.ts';
import type { SignerConfig } from './config.ts';
import { openJournal } from './journal.ts';
import { createSignerMetrics } from './metrics.ts';
import { loadPolicy } from './policy.ts';
import { createServer } from './server.ts';
import { SHUTDOWN_TIMEOUT_MS } from './signer.limits.ts';
import { trackRequests } from './track-requests.ts';

export type RunningSigner = {
  /** The port in use, also when 0 was asked for. */
  readonly port: number;
  /** Resolves, never rejects, when the signer can no longer do its work and must start anew. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
};

/** Runs until SIGTERM or SIGINT, or until the journal fails. Returns the exit code: 0 when asked to stop, else 1. */
export async function run(config: SignerConfig): Promise<number> {
  const log = createLogger({ role: 'signer', level: config.logLevel });
  const stop = stopRequested();
  let signer: RunningSigner;
  try {
    signer = await startSigner({ log, clock: systemClock }, config);
  } catch (error) {
    log.fatal({ reason: errorText(error) }, 'the signer cannot start');
    return 1;
  }
  const reason = await Promise.race([stop, signer.failed]);
  if (reason instanceof Error) log.fatal({ reason: errorText(reason) }, 'stopping: the journal has failed');
  else log.info({ signal: reason }, 'stopping');
  await signer.close();
  log.info('stopped');
  return reason instanceof Error ? 1 : 0;
}

/** Policy, then keys, then memory, then the port: whoever reaches the port reaches a signer that is ready. */
export async function startSigner(
  deps: { log: Logger; clock: Clock },
  config: SignerConfig,
): Promise<RunningSigner> {
  const { log, clock } = deps;
  const policy = await loadPolicy(config.policyFile);
  const masterKey = await loadLocalMasterKey(config.masterKeyFile);
  const keystore = await openKeystore({ directory: config.keystoreDir, masterKey });
  const journal = await openJournal({ clock, log }, { file: config.journalFile });
  const registry = createMetricsRegistry('signer', { dirs: [path.dirname(config.journalFile)] });
  const metrics = createSignerMetrics(registry);

  let journalProblem: string | null = null;
  void journal.failed.then((error) => {
    journalProblem = error.message;
  });
  const readiness = {
    keys: async () =>
      keystore.addresses().length > 0
        ? { ok: true as const }
        : { ok: false as const, problem: 'the keystore is empty: make a key with  naru keys create' },
    journal: async () =>
      journalProblem === null ? { ok: true as const } : { ok: false as const, problem: journalProblem },
  };
  const server = createServer({
    keystore,
    policy,
    journal,
    metrics,
    log,
    clock,
    registry,
    readiness,
    token: config.token,
  });
  const requests = trackRequests(server);
  const close = async () => {
    await requests.stop(SHUTDOWN_TIMEOUT_MS);
    await journal.close();
    keystore.close();
  };
  try {
    await server.listen({ host: config.host, port: config.port });
  } catch (error) {
    await close();
    throw new CodedError(
      'listen_failed',
      `cannot listen on ${config.host}:${config.port}: set NARU_HOST or NARU_PORT`,
      {
        cause: error,
      },
    );
  }
  const { port } = server.server.address() as AddressInfo;
  log.info(
    { host: config.host, port, keys: keystore.addresses(), chains: [...policy.chains.keys()] },
    'listening',
  );
  return { port, failed: journal.failed, close };
}

function stopRequested(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
