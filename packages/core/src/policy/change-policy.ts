import type { Tx } from '@naru/db/database.ts';
import { type PolicyDocument, policyDocument } from '@naru/wire/policy-document.ts';
import { organisationExists } from '../access/access.store.ts';
import { Refused } from '../command/run-keyed.ts';
import { DRAFTS_MAX } from './policy.limits.ts';
import {
  beginActive,
  countDrafts,
  discardDraft,
  endActive,
  insertVersion,
  lockVersions,
  readVersion,
} from './policy.store.ts';
import type { PolicyVersion } from './policy.ts';

/** Parses a document, or refuses it with every place that is wrong. */
export function parseDocument(document: unknown): PolicyDocument {
  const parsed = policyDocument.safeParse(document);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({
    pointer: `/document/${issue.path.join('/')}`,
    code: 'malformed',
    message: issue.message,
  }));
  const places = errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
  throw new Refused('validation_failed', `The document has rules that cannot be kept: ${places}.`, {
    details: { errors },
  });
}

/** Writes a document down as a draft: it governs nothing until it is activated. */
export async function draftPolicy(
  tx: Tx,
  input: {
    id: string;
    organisationId: string | null;
    document: unknown;
    author: string;
    note: string | null;
  },
): Promise<void> {
  const document = parseDocument(input.document);
  if (input.organisationId !== null && !(await organisationExists(tx, input.organisationId)))
    throw new Refused('organisation_not_found', 'There is no such organisation.');
  await lockVersions(tx, input.organisationId);
  if ((await countDrafts(tx, input.organisationId)) >= DRAFTS_MAX)
    throw new Refused(
      'policy_state_conflict',
      `There are ${DRAFTS_MAX} drafts already. Retire those that nobody needs first.`,
    );
  await insertVersion(tx, { ...input, document });
}

/**
 * DRAFT → ACTIVE, in the place of the version in force, which ends at the moment at which this one begins: a few seconds
 * from now, by when every process knows of it. What was accepted before keeps the rules that it began with.
 */
export async function activatePolicy(tx: Tx, id: string): Promise<void> {
  const version = await lockVersion(tx, id);
  if (version.state !== 'DRAFT')
    throw new Refused(
      'policy_state_conflict',
      `Version ${version.number} is ${version.state}; only a draft can be activated. To go back to it, draft its document again.`,
    );
  const endsAt = await endActive(tx, version.organisationId);
  if (!(await beginActive(tx, id, endsAt))) throw new Error(`policy version ${id} changed under its lock`);
}

/** ACTIVE → RETIRED: from a few seconds on no version governs. A draft that nobody wants is retired too. */
export async function retirePolicy(tx: Tx, id: string): Promise<void> {
  const version = await lockVersion(tx, id);
  if (version.state === 'RETIRED')
    throw new Refused('policy_state_conflict', `Version ${version.number} is RETIRED already.`);
  if (version.state === 'ACTIVE') await endActive(tx, version.organisationId);
  else if (!(await discardDraft(tx, id))) throw new Error(`policy version ${id} changed under its lock`);
}

async function lockVersion(tx: Tx, id: string): Promise<PolicyVersion> {
  const seen = await readVersion(tx, id);
  if (seen === null) throw new Refused('policy_not_found', 'There is no policy version with this id.');
  await lockVersions(tx, seen.organisationId);
  const version = await readVersion(tx, id);
  return version ?? seen;
}
