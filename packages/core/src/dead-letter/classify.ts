import type { ChainTxState } from '../chain-tx/chain-tx.machine.ts';
import { type ErrorCode, errorTaxonomy, type TaxonomyEntry } from './taxonomy.ts';

/** The cause behind `chain_tx.last_error`, by the words that our own steps write there. */
export function classifyError(lastError: string): ErrorCode {
  if (lastError.startsWith('fee ceiling:')) return 'fee_ceiling';
  if (lastError.startsWith('signer unreachable:')) return 'signer_unreachable';
  if (lastError.startsWith('signer:')) return 'signer_refused';
  if (/attempts made; no more$/.test(lastError)) return 'replacements_exhausted';
  if (lastError.startsWith('unknown:')) return 'send_unknown';
  if (lastError.startsWith('rejected:')) return 'send_rejected';
  if (lastError === 'insufficient_funds') return 'gas_money_low';
  if (lastError === 'underpriced' || lastError === 'replacement_underpriced') return 'fee_too_low';
  return 'other_trouble';
}

export type OpenTx = {
  state: ChainTxState;
  lastError: string | null;
  /** Since its nonce was taken; since a node took it. */
  ageMs: number;
  broadcastedForMs: number | null;
};

/** What a person must know of an open chain transaction; null: nothing, or not yet. */
export function findCause(tx: OpenTx): ErrorCode | null {
  // What a block holds waits for depth and nothing else.
  if (tx.state === 'MINED') return null;
  if (tx.lastError !== null) {
    const code = classifyError(tx.lastError);
    return lasts(code, tx.ageMs) ? code : null;
  }
  if (tx.broadcastedForMs !== null && lasts('not_mined', tx.broadcastedForMs)) return 'not_mined';
  if (tx.state === 'BROADCASTING' && lasts('send_unknown', tx.ageMs)) return 'send_unknown';
  return null;
}

function lasts(code: ErrorCode, forMs: number): boolean {
  const { letterAfterMs }: TaxonomyEntry = errorTaxonomy[code];
  return letterAfterMs !== null && forMs >= letterAfterMs;
}
