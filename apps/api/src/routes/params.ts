import { assertPresent } from '@naru/kit/assert.ts';
import { fromPublicId, type IdKind } from '@naru/kit/ids.ts';
import { eventId, webhookEndpointId } from '@naru/wire/event.ts';
import { exportId } from '@naru/wire/export.ts';
import {
  alarmId,
  bulkId,
  deadLetterId,
  depositAddressId,
  depositId,
  reviewId,
  treasuryProposalId,
  withdrawalId,
} from '@naru/wire/id.ts';
import { ledgerAccountId } from '@naru/wire/ledger.ts';
import { webhookDeliveryId } from '@naru/wire/webhook.ts';
import { chainTxId } from '@naru/wire/withdrawal-detail.ts';
import { z } from 'zod';

/** An id that cannot be one of ours is answered like one that is not the caller's: there is no such thing. */
export const withdrawalParams = {
  schema: z.object({ id: withdrawalId }),
  otherwise: 'withdrawal_not_found',
} as const;
export const bulkParams = { schema: z.object({ id: bulkId }), otherwise: 'bulk_not_found' } as const;
export const chainTxParams = {
  schema: z.object({ id: chainTxId }),
  otherwise: 'chain_tx_not_found',
} as const;
export const ledgerAccountRouteParams = {
  schema: z.object({ id: ledgerAccountId }),
  otherwise: 'ledger_account_not_found',
} as const;
export const depositParams = {
  schema: z.object({ id: depositId }),
  otherwise: 'deposit_not_found',
} as const;
export const depositAddressParams = {
  schema: z.object({ id: depositAddressId }),
  otherwise: 'deposit_address_not_found',
} as const;

export const reviewParams = { schema: z.object({ id: reviewId }), otherwise: 'review_not_found' } as const;

export const endpointParams = {
  schema: z.object({ id: webhookEndpointId }),
  otherwise: 'webhook_endpoint_not_found',
} as const;
export const deliveryParams = {
  schema: z.object({ id: webhookDeliveryId }),
  otherwise: 'webhook_delivery_not_found',
} as const;
export const eventParams = { schema: z.object({ id: eventId }), otherwise: 'event_not_found' } as const;
export const treasuryProposalParams = {
  schema: z.object({ id: treasuryProposalId }),
  otherwise: 'treasury_proposal_not_found',
} as const;
export const exportParams = { schema: z.object({ id: exportId }), otherwise: 'export_not_found' } as const;
export const alarmParams = { schema: z.object({ id: alarmId }), otherwise: 'alarm_not_found' } as const;
export const deadLetterParams = {
  schema: z.object({ id: deadLetterId }),
  otherwise: 'dead_letter_not_found',
} as const;

/** The UUID inside a public id that its schema has accepted. */
export function uuidOf(kind: IdKind, publicId: string): string {
  return assertPresent(fromPublicId(kind, publicId), `UUID of ${kind} id`);
}
