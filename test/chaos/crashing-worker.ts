/**
 * The worker, with a death wish. It runs the real roles and stands between them and everything they wait for:
 * each statement, RPC call and signature request is a pair of points, one before it is sent and one after its answer.
 * With NARU_CRASH_AT it kills itself (SIGKILL) the first time it comes to that point; with NARU_CRASH_POINTS_FILE it
 * writes down each point that it passes for the first time.
 */
import { appendFileSync } from 'node:fs';
import { parseConfig } from '@naru/worker/config.ts';
import { run } from '@naru/worker/run.ts';
import type { PoolClient } from 'pg';

const crashAt = process.env['NARU_CRASH_AT'];
const pointsFile = process.env['NARU_CRASH_POINTS_FILE'];
const seen = new Set<string>();
let armed = false;

/** What is only looked at holds no money and no work: a death there is one anywhere else. */
const ONLY_LOOKED_AT =
  /role_presence|rpc_provider_health|chain_block_fill|withdrawal_pulse|audit_verification/;

function pass(point: string): void {
  if (!armed || ONLY_LOOKED_AT.test(point)) return;
  if (point === crashAt) process.kill(process.pid, 'SIGKILL');
  if (pointsFile === undefined || seen.has(point)) return;
  seen.add(point);
  appendFileSync(pointsFile, `${point}\n`);
}

/** A statement by its first words; enough to tell them apart, and the same for every execution. */
function nameOf(query: unknown): string {
  const text = typeof query === 'string' ? query : ((query as { text?: string }).text ?? 'cursor');
  return text.replace(/\s+/g, ' ').trim().slice(0, 90);
}

function surround<T extends object>(kind: string, target: T): T {
  return new Proxy(target, {
    get(object, property, receiver) {
      const value = Reflect.get(object, property, receiver);
      if (typeof value !== 'function' || property === 'bumpFees') return value;
      return async (...args: unknown[]) => {
        const point = `${kind} ${String(property)}`;
        pass(`before ${point}`);
        const answer = await value.apply(object, args);
        pass(`after ${point}`);
        return answer;
      };
    },
  });
}

function surroundConnection(client: PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const surrounded = (...args: unknown[]) => {
    const point = `statement ${nameOf(args[0])}`;
    pass(`before ${point}`);
    const answer = query(...args);
    if (answer instanceof Promise)
      return answer.then((result: unknown) => {
        pass(`after ${point}`);
        return result;
      });
    return answer;
  };
  client.query = surrounded as typeof client.query;
}

const worker = await run(parseConfig(process.env), {
  chainPort: (port) => surround('rpc', port),
  signer: (signer) => surround('signer', signer),
  onDatabaseConnection: surroundConnection,
});
armed = true;
process.on('SIGTERM', () => void worker.stop().then(() => process.exit(0)));
