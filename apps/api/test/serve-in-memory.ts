import { sleep } from '@naru/kit/clock.ts';
import { createLogger } from '@naru/kit/logger.ts';
import { createLogDestination } from '../src/log-destination.ts';
import { serve } from '../src/serve.ts';
import { stopOnSignal } from '../src/stop-on-signal.ts';
import { createInMemoryWithdrawals } from './in-memory-withdrawals.ts';
import { testDeps } from './test-app.ts';

/**
 * The real server as a process of its own over the in-memory core: for the SIGTERM test and for measuring the edge
 * alone. `node serve-in-memory.ts [delayMs]`: each call of the core takes that long. Prints `{"url"}` on standard error.
 */
const delayMs = Number(process.argv[2] ?? 0);
const destination = createLogDestination();
const log = createLogger({ role: 'api' }, destination);
const withdrawals = createInMemoryWithdrawals();
const slow: typeof withdrawals = {
  ...withdrawals,
  request: async (...call) => {
    if (delayMs > 0) await sleep(delayMs);
    return await withdrawals.request(...call);
  },
};
const server = await serve(testDeps(slow, log), { host: '127.0.0.1', port: 0 });
stopOnSignal(server, log, (done) => destination.flush(done));
process.stderr.write(`${JSON.stringify({ url: server.url })}\n`);
