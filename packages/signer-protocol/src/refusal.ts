/**
 * Why the signer refuses a request. `retryable` means that the very same request can succeed later without anyone
 * changing anything. A refused request was not signed, unless an earlier answer said so.
 */
export const refusals = {
  /** The request does not fit the schema, or says something impossible (an item id twice, a tip above the fee). */
  malformed: { retryable: false },
  /** The signer holds no key for `from`. */
  unknown_key: { retryable: false },
  /** The key is in a key service or HSM that cannot sign at the moment: away, throttled, or the key is disabled there. */
  key_unavailable: { retryable: true },
  /** The policy does not name the account, and allows no account that it does not name. */
  account_not_allowed: { retryable: false },
  /** The policy does not name the chain. */
  chain_not_allowed: { retryable: false },
  /** The payout contract, the spender of an approval, or the deposit factory is not one that the chain's policy names. */
  contract_not_allowed: { retryable: false },
  /** The policy does not allow this function (`pay`, `approve`, `cancel`) on the chain. */
  function_not_allowed: { retryable: false },
  /** The account may pay addresses of our own only (MAIN, GAS), and a recipient is none. */
  recipient_not_allowed: { retryable: false },
  /** The policy does not name the token (or the native coin) on this chain. */
  token_not_allowed: { retryable: false },
  /** An item is above the limit per item, or the sum above the limit per transaction. */
  amount_over_limit: { retryable: false },
  /** The sum would exceed what may be signed in 24 hours; it fits again as older transactions leave the window. */
  daily_limit: { retryable: true },
  /** The same for any hour. */
  hourly_limit: { retryable: true },
  /** More recipients than may be paid in an hour. */
  count_limit: { retryable: true },
  /** What the transaction may cost does not fit into the chain's ceiling for gas money in this hour or day. */
  gas_money_limit: { retryable: true },
  /** The gas is above the chain's ceiling per transaction. */
  gas_over_limit: { retryable: false },
  /** The fee per gas is above the chain's ceiling. */
  fee_over_limit: { retryable: false },
  /** The nonce has already been signed with another payload. */
  payload_conflict: { retryable: false },
  /** The nonce is below all that the signer remembers of this account, so it cannot rule out a conflict. */
  nonce_too_old: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type RefusalCode = keyof typeof refusals;

export const refusalCodes = Object.keys(refusals) as [RefusalCode, ...RefusalCode[]];
