import type { Fees } from '@naru/evm/fees.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { Trouble } from './failures.ts';
import type { Bytes } from './model-contract.ts';
import type { ChainTxRow } from './tables.ts';

export type SignAnswer = { kind: 'signed'; hash: Hex } | { kind: 'refused'; code: string };

/** The signer: its journal holds one payload for a nonce, and a cancel beside it, whatever the database says. */
export type ModelSigner = {
  isDown: boolean;
  sign(request: {
    chainTx: Pick<ChainTxRow, 'id' | 'nonce' | 'items'>;
    from: Hex;
    purpose: 'PAY' | 'CANCEL';
    fees: Fees;
  }): SignAnswer;
  /** The bytes behind a hash that it has signed. */
  bytesOf(hash: Hex): Bytes;
};

export function createModelSigner(): ModelSigner {
  const journal = new Map<string, { payload: string | null; isCanceled: boolean }>();
  const signed = new Map<Hex, Bytes>();
  const signer: ModelSigner = {
    isDown: false,
    sign({ chainTx, from, purpose, fees }) {
      if (signer.isDown) throw new Trouble('the signer does not answer');
      const place = `${from}:${chainTx.nonce}`;
      const slot = journal.get(place);
      if (purpose === 'PAY' && slot !== undefined && slot.payload !== chainTx.id)
        return { kind: 'refused', code: 'payload_conflict' };
      journal.set(place, {
        payload: purpose === 'PAY' ? chainTx.id : (slot?.payload ?? null),
        isCanceled: purpose === 'CANCEL' || (slot?.isCanceled ?? false),
      });
      const feeCapWei = fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxFeePerGasWei;
      const tipWei = fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxPriorityFeePerGasWei;
      const batchId = purpose === 'PAY' ? chainTx.id : null;
      // The same bytes have the same hash, as a deterministic signature gives them.
      const hash: Hex = `0x${purpose}/${batchId ?? 'self'}/${place}/${feeCapWei}/${tipWei}`;
      const items = purpose === 'PAY' ? chainTx.items : [];
      signed.set(hash, { hash, from, nonce: chainTx.nonce, purpose, batchId, items, feeCapWei, tipWei });
      return { kind: 'signed', hash };
    },
    bytesOf(hash) {
      const bytes = signed.get(hash);
      if (bytes === undefined) throw new Error(`never signed: ${hash}`);
      return bytes;
    },
  };
  return signer;
}
