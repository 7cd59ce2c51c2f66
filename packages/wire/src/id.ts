import { z } from 'zod';

/** A TypeID: a prefix for the kind, then a UUIDv7 in 26 characters of Crockford base32 (TypeID specification 0.3). */
export function publicId(prefix: string, example: string, description: string) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`), 'id_malformed')
    .meta({ description, examples: [example] });
}

export const withdrawalId = publicId(
  'wd',
  'wd_01kjr3q8c6e7rvt0xx0n3m7d5b',
  'Names one withdrawal. Ids sort by time of creation.',
);
export const bulkId = publicId('bulk', 'bulk_01kjr3q8c6e7rvt0xx0n3m7d5c', 'Names one accepted bulk file.');
export const probeId = publicId(
  'probe',
  'probe_01kjr3q8c6e7rvt0xx0n3m7d5h',
  'Names one question about a token.',
);
export const depositId = publicId(
  'dep',
  'dep_5y8kq3q8c6e7rvt0xx0n3m7d5e',
  'Names one deposit. It follows from chain, transaction and log index, so it never changes.',
);
export const depositAddressId = publicId(
  'daddr',
  'daddr_01kjr3q8c6e7rvt0xx0n3m7d5f',
  'Names one deposit address.',
);
export const reservesReportId = publicId(
  'rsv',
  'rsv_01kjr3q8c6e7rvt0xx0n3m7d5g',
  'Names one report on reserves.',
);
export const organisationId = publicId('org', 'org_01kjr3q8c6e7rvt0xx0n3m7d5d', 'Names one organisation.');

export const reviewId = publicId(
  'rev',
  'rev_01kjr3q8c6e7rvt0xx0n3m7d5f',
  'Names one review of a withdrawal.',
);
export const alertChannelId = publicId(
  'alch',
  'alch_01kjr3q8c6e7rvt0xx0n3m7d5f',
  'Names one channel of alarms.',
);

export const alarmId = publicId('alarm', 'alarm_01kjr3q8c6e7rvt0xx0n3m7d5g', 'Names one alarm.');
export const deadLetterId = publicId('dl', 'dl_01kjr3q8c6e7rvt0xx0n3m7d5g', 'Names one dead letter.');

export const treasuryProposalId = publicId(
  'tp',
  'tp_01kjr3q8c6e7rvt0xx0n3m7d5g',
  'Names one proposal of a treasury.',
);

export const policyId = publicId('pol', 'pol_01kjr3q8c6e7rvt0xx0n3m7d5g', 'Names one version of a policy.');
export const addressBookEntryId = publicId(
  'adr',
  'adr_01kjr3q8c6e7rvt0xx0n3m7d5h',
  'Names one entry of an address book.',
);
export const blockedAddressId = publicId(
  'blk',
  'blk_01kjr3q8c6e7rvt0xx0n3m7d5j',
  'Names one blocked address.',
);

export const chainName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,40}$/, 'chain_malformed')
  .meta({ description: 'A chain, as `GET /v1/chains` names it.', examples: ['localhost'] });

export const assetCode = z
  .string()
  .regex(/^[A-Z0-9]{2,12}$/, 'asset_malformed')
  .meta({ description: 'An asset of that chain, as `GET /v1/assets` names it.', examples: ['USDC'] });

/** The shape only: the EIP-55 checksum is checked where the request is decided. */
export const addressInput = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'address_malformed')
  .meta({
    description:
      'An EVM address. All lower case, all upper case, or mixed case with a correct EIP-55 checksum; a wrong checksum is refused.',
    examples: ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'],
  });

export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .meta({
    description: 'An EVM address with its EIP-55 checksum.',
    examples: ['0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'],
  });
