import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import { countOpen } from './bench.store.ts';
import { type BenchStack, workerRoles } from './bench-stack.ts';
import { AMOUNT, freshAddress, payoutFile } from './payout-file.ts';

const POLL_MS = 250;
const PROGRESS_MS = 2_000;
const WARM_UP_TIMEOUT_MS = 60_000;

/**
 * Starts every role and pays one withdrawal, so that what is done once (token approvals, first connections, compiling)
 * is not part of a figure.
 */
export async function warmUp(stack: BenchStack): Promise<void> {
  await stack.start(['signer', 'api', ...workerRoles]);
  await stack.naru.withdrawals.create({
    chain: 'localhost',
    asset: 'USDC',
    to: freshAddress(),
    amount: AMOUNT,
  });
  await waitUntilSettled(stack, WARM_UP_TIMEOUT_MS);
}

/** Accepts a bulk file while nobody plans payments: the processor is stopped before. Returns its UUID. */
export async function submitBacklog(stack: BenchStack, recipients: Iterable<Hex>): Promise<string> {
  const bulk = await stack.naru.bulk.create(payoutFile(recipients));
  return assertPresent(fromPublicId('bulk', bulk.id), 'UUID of a bulk file');
}

/** Resolves when every withdrawal and every chain transaction has come to its end. */
export async function waitUntilSettled(
  stack: BenchStack,
  timeoutMs: number,
  onProgress: (open: number) => void = () => undefined,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  let toldMs = performance.now();
  for (;;) {
    const open = await countOpen(stack.db);
    if (open.withdrawals === 0 && open.chainTxs === 0) return;
    if (performance.now() > deadlineMs)
      throw new Error(
        `${open.withdrawals} withdrawals and ${open.chainTxs} chain transactions were still open after ${timeoutMs} ms`,
      );
    if (performance.now() - toldMs >= PROGRESS_MS) {
      toldMs = performance.now();
      onProgress(open.withdrawals);
    }
    await sleep(POLL_MS);
  }
}
