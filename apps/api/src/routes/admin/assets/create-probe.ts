import { checkedAddress } from '@naru/core/withdrawal/checksum-address.ts';
import { createProbeRequest, tokenProbe } from '@naru/wire/operated-asset.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { toProbeBody } from './to-operated-asset.ts';

export const createProbeRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/assets/probes',
  operationId: 'createTokenProbe',
  stepUp: false,
  tag: 'Operators',
  summary: 'Ask what a token is',
  description:
    'Has a node read code, symbol and decimals of a token and try a payment of it, of which nothing happens on chain. This process has no chain: an accounts role asks. The answer waits for it for some seconds; while it is `REQUESTED`, ask again by its id.',
  scope: 'admin',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'token_probe.insert',
  request: { params: null, query: null, body: createProbeRequest },
  responses: { 201: { description: 'The probe, as far as it is.', schema: tokenProbe } },
  errors: ['asset_exists', 'chain_not_supported', 'probes_exhausted'],
  handler: async ({ operator }, { caller, idempotencyKey, body, audit, note }) => {
    const input = {
      chain: body.chain,
      address: requireAddress('/address', body.address),
      holder: body.holder == null ? null : requireAddress('/holder', body.holder),
    };
    const { value, headers } = doneOrThrow(
      await operator.probes.request(caller, idempotencyKey, input, audit),
    );
    note({ probe: value.id });
    return { status: 201, headers, body: toProbeBody(value) } as const;
  },
});

function requireAddress(pointer: string, text: string) {
  const address = checkedAddress(text);
  if (address !== null) return address;
  const message = 'The checksum of the address is wrong; a character may be mistyped.';
  throw new ProblemError('validation_failed', { errors: [{ pointer, code: 'address_checksum', message }] });
}
