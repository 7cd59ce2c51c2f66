import { createAccess } from '@naru/core/access/create-access.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { UUID_PATTERN } from '../patterns.ts';
import { withInvalidations } from '../with-invalidations.ts';

type RevokeOptions = { json?: boolean };

export function registerRevokeKeyCommand(owners: Command, context: CliContext): void {
  const command = owners
    .command('revoke-key')
    .summary('end an API key')
    .argument('<owner-id>', 'org_…, whose key it is')
    .argument('<key-id>', 'key_…, as  naru owners key  printed it')
    .description(
      'Ends an API key for good. Every API process refuses it within 5 seconds, and at once where NARU_REDIS_URL is set here and there.',
    )
    .option('--json', 'print one JSON object')
    .action((ownerId: string, keyId: string, options: RevokeOptions) =>
      runRevoke(context, ownerId, keyId, options),
    );
  addExamples(command, [
    [
      'naru owners revoke-key org_01kjr3q8c6e7rvt0xx0n3m7d5d key_01kjr3q8c6e7rvt0xx0n3m7d5f',
      'no call with this key is taken any more',
    ],
  ]);
}

async function runRevoke(
  context: CliContext,
  ownerId: string,
  keyId: string,
  options: RevokeOptions,
): Promise<void> {
  const organisationId = uuidOf('organisation', ownerId);
  const apiKeyId = uuidOf('apiKey', keyId);
  if (organisationId === null)
    throw usageError(`"${ownerId}" is not the id of an owner, which looks like org_01kjr…`);
  if (apiKeyId === null)
    throw usageError(
      `"${keyId}" is not the id of a key, which looks like key_01kjr… (and is not the key itself)`,
    );
  const revoked = await withDatabase(context, (db) =>
    withInvalidations(context, (invalidations) =>
      createAccess({ db, clock: systemClock, invalidations }).revokeApiKey(organisationId, apiKeyId),
    ),
  );
  if (!revoked)
    throw new CodedError(
      'key_unknown',
      `the owner ${ownerId} has no key ${keyId} that could be revoked: either id is wrong, or it was revoked before`,
    );
  const id = toPublicId('apiKey', apiKeyId);
  if (options.json === true) return context.output.json({ id, revoked: true });
  context.output.line(`Revoked ${id}.`);
}

function uuidOf(kind: 'organisation' | 'apiKey', text: string): string | null {
  return UUID_PATTERN.test(text) ? text.toLowerCase() : fromPublicId(kind, text);
}
