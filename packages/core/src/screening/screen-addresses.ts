import { type Database, withTransaction } from '@naru/db/database.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { ScreeningSourceName } from '@naru/wire/policy-document.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { SCREEN_AGAIN_MS, SCREEN_ROWS_MAX } from './screening.limits.ts';
import { endWaiting, listWaitingForAnswers, storeAnswers } from './screening.store.ts';
import type { ScreeningPort } from './screening.ts';

export type ScreenDeps = {
  db: Database;
  logger: Logger;
  screening: ScreeningPort;
  onOutcome?: (source: ScreeningSourceName, outcome: 'answered' | 'failed', count: number) => void;
};

/**
 * Asks the sources about the addresses of withdrawals that wait for them, with no transaction open, and lets those go on
 * that have all their answers. What no source answers goes on by itself when the policy's patience ends.
 */
export async function screenAddresses(
  deps: ScreenDeps,
  chainId: string,
): Promise<boolean | { againInMs: number }> {
  const waiting = await listWaitingForAnswers(deps.db, chainId, SCREEN_ROWS_MAX);
  if (waiting.length === 0) return false;
  const missing = new Map<ScreeningSourceName, Set<Hex>>();
  for (const { address, missing: sources } of waiting)
    for (const source of sources) missing.set(source, (missing.get(source) ?? new Set()).add(address));
  let hasFailed = false;
  for (const [source, addresses] of missing)
    if (!(await ask(deps, chainId, source, [...addresses]))) hasFailed = true;
  const complete = (await listWaitingForAnswers(deps.db, chainId, SCREEN_ROWS_MAX))
    .filter((one) => one.missing.length === 0)
    .map((one) => one.id);
  if (complete.length > 0)
    await withTransaction(deps.db, async (tx) => {
      await endWaiting(tx, complete);
      await signal(tx, 'naru_processor');
    });
  return hasFailed ? { againInMs: SCREEN_AGAIN_MS } : complete.length > 0;
}

async function ask(
  deps: ScreenDeps,
  chainId: string,
  source: ScreeningSourceName,
  addresses: readonly Hex[],
): Promise<boolean> {
  const port = deps.screening[source];
  try {
    if (port === undefined) throw new Error('this source is not set up for the processor');
    const answers = await port.check(chainId, addresses);
    if (answers.length !== addresses.length)
      throw new Error(`${answers.length} answers to ${addresses.length} addresses`);
    const stored = answers.map((answer, index) => ({ ...answer, address: addresses[index] as Hex }));
    await withTransaction(deps.db, (tx) => storeAnswers(tx, chainId, source, stored));
    deps.onOutcome?.(source, 'answered', addresses.length);
    return true;
  } catch (error) {
    deps.onOutcome?.(source, 'failed', addresses.length);
    deps.logger.warn(
      { source, addresses: addresses.length, error: errorText(error) },
      'screening has no answer',
    );
    return false;
  }
}
