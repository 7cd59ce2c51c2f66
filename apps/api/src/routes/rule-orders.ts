import type { Caller } from '@naru/core/access/access.ts';
import type { Order } from '@naru/core/policy/rule-book.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { addressBookEntryId, blockedAddressId, policyId } from '@naru/wire/id.ts';
import { z } from 'zod';
import type { AuditOrigin } from '../http/define-route.ts';

export const policyParams = { schema: z.object({ id: policyId }), otherwise: 'policy_not_found' } as const;
export const addressBookParams = {
  schema: z.object({ id: addressBookEntryId }),
  otherwise: 'address_book_entry_not_found',
} as const;
export const blockedParams = {
  schema: z.object({ id: blockedAddressId }),
  otherwise: 'blocked_address_not_found',
} as const;

/** A call that changes rules, as the core takes it. */
export function orderOf(call: { caller: Caller; idempotencyKey: string; audit: AuditOrigin }): Order {
  const { caller, idempotencyKey: key, audit } = call;
  return {
    caller,
    key,
    audit: { actor: `api_key:${toPublicId('apiKey', caller.apiKeyId)}`, reason: null, ...audit },
  };
}
