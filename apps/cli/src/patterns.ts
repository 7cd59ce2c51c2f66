/** Any case, with hyphens. */
export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const TRANSACTION_HASH_PATTERN = /^0x[0-9a-f]{64}$/i;
export const ADDRESS_PATTERN = /^0x[0-9a-fA-F]{40}$/;
