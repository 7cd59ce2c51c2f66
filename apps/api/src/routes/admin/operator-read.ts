/** What reads of the whole installation have in common. */
export const operatorRead = {
  method: 'GET',
  tag: 'Operators',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
} as const;
