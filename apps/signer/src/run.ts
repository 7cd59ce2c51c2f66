import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Clock, systemClock } from '@naru/kit/clock.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { createLogger, type Logger } from '@naru/kit/logger.ts';
import { createMetricsRegistry, type ReadinessCheck } from '@naru/ops/ops-server.ts';
import type { SignerConfig } from './config.ts';
import { type JournalOptions, openJournal } from './journal.ts';
import { createKeyRing, type KeyRing } from './key-ring.ts';
import { addUseMetrics, createSignerMetrics } from './metrics.ts';
import { openBackends } from './open-backends.ts';
import { loadPolicy } from './policy.ts';
import { openPolicy, type PolicyInForce } from './policy-in-force.ts';
import { createServer } from './server.ts';
import { KEYS_POLL_MS, SHUTDOWN_TIMEOUT_MS } from './signer.limits.ts';
import { trackRequests } from './track-requests.ts';
import { watchDirectory } from './watch-keys.ts';

export type RunningSigner = {
  /** The port in use, also when 0 was asked for. */
  readonly port: number;
  /** Resolves, never rejects, when the signer can no longer do its work and must start anew. */
  readonly failed: Promise<Error>;
  /** Reads policy and keys again, as SIGHUP does. Never rejects: what is broken is refused and told. */
  reload(): Promise<void>;
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
  process.on('SIGHUP', () => void signer.reload());
  const reason = await Promise.race([stop, signer.failed]);
  if (reason instanceof Error) log.fatal({ reason: errorText(reason) }, 'stopping: the journal has failed');
  else log.info({ signal: reason }, 'stopping');
  await signer.close();
  log.info('stopped');
  return reason instanceof Error ? 1 : 0;
}

/** Keys, then memory, then policy, then the port: whoever reaches the port reaches a signer that is ready. */
export async function startSigner(
  deps: { log: Logger; clock: Clock },
  config: SignerConfig,
): Promise<RunningSigner> {
  const { log, clock } = deps;
  await loadPolicy(config.policyFile); // a broken one is told before an HSM is asked to log in
  const registry = createMetricsRegistry('signer', { dirs: [path.dirname(config.journalFile)] });
  const metrics = createSignerMetrics(registry);
  const keys = createKeyRing({ log, metrics }, await openBackends(config));
  const journal = await openJournal({ clock, log }, journalPlace(config));
  const policy = await openPolicy({ clock, log, journal, metrics }, config.policyFile);
  addUseMetrics(registry, { policy, journal });

  let journalProblem: string | null = null;
  void journal.failed.then((error) => {
    journalProblem = error.message;
  });
  const readiness = readinessOf({ keys, policy, journalProblem: () => journalProblem });
  const server = createServer({
    keys,
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
  const watch =
    config.keystore === null ? null : watchDirectory(config.keystore.dir, KEYS_POLL_MS, keys.refresh);
  const reload = async () => {
    log.info('reading policy and keys again');
    await Promise.all([policy.reload(), keys.refresh()]);
  };
  const close = async () => {
    watch?.close();
    await requests.stop(SHUTDOWN_TIMEOUT_MS);
    await journal.close();
    await keys.close();
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
  for (const problem of keys.problems()) log.error({ problem }, 'a key cannot sign');
  log.info(
    { host: config.host, port, keys: keys.byBackend(), chains: [...policy.current().chains.keys()] },
    'listening',
  );
  return { port, failed: journal.failed, reload, close };
}

/** The witness lies beside the keys that the journal guards; beside the policy where there are no key files. */
function journalPlace({ journalFile, keystore, policyFile }: SignerConfig): JournalOptions {
  const witnessFile = keystore === null ? `${policyFile}.journal-id` : path.join(keystore.dir, 'journal-id');
  return { file: journalFile, witnessFile };
}

function readinessOf(of: {
  keys: KeyRing;
  policy: PolicyInForce;
  journalProblem: () => string | null;
}): Record<string, ReadinessCheck> {
  return {
    async keys() {
      if (of.keys.addresses().length === 0)
        return { ok: false, problem: 'there is no key: make one with  naru keys create' };
      const problems = of.keys.problems();
      return problems.length === 0 ? { ok: true } : { ok: true, degraded: problems.join('; ') };
    },
    async policy() {
      const problem = of.policy.problem();
      if (problem === null) return { ok: true };
      const { sha256 } = of.policy.current();
      return {
        ok: true,
        degraded: `${sha256.slice(0, 12)} stays in force, the changed file is refused: ${problem}`,
      };
    },
    async journal() {
      const problem = of.journalProblem();
      return problem === null ? { ok: true } : { ok: false, problem };
    },
  };
}

function stopRequested(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
