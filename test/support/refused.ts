import type { Naru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';

/** What a withdrawal to this address is refused with, once the processes know; null: it is accepted. */
export async function refusedWith(naru: Naru, to: string, amount = '1'): Promise<string | null> {
  return await naru.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount }).then(
    () => null,
    (error: unknown) => (isNaruApiError(error) ? error.code : String(error)),
  );
}
