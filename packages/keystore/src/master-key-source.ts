import { assertNever } from '@naru/kit/assert.ts';

/** Where a master key is kept. */
export type MasterKeySource =
  | { kind: 'file'; file: string }
  /** AWS KMS: a symmetric key by id, ARN or alias. */
  | { kind: 'kms'; keyId: string }
  /** AWS Secrets Manager: a secret by name or ARN. */
  | { kind: 'secret'; secretId: string };

/** `kms:<key>`, `secret:<name>` or the path of a file, as people write it on the command line. */
export function parseMasterKeySource(text: string): MasterKeySource {
  if (text.startsWith('kms:')) return { kind: 'kms', keyId: text.slice('kms:'.length) };
  if (text.startsWith('secret:')) return { kind: 'secret', secretId: text.slice('secret:'.length) };
  return { kind: 'file', file: text };
}

/**
 * The one of `NARU_MASTER_KEY_FILE`, `NARU_MASTER_KEY_KMS` and `NARU_MASTER_KEY_SECRET` that is set; null when none is,
 * a sentence when several are.
 */
export function readMasterKeySource(
  environment: Readonly<Record<string, string | undefined>>,
): MasterKeySource | string | null {
  const text = (name: string) => environment[name] ?? '';
  const [file, keyId, secretId] = [
    text('NARU_MASTER_KEY_FILE'),
    text('NARU_MASTER_KEY_KMS'),
    text('NARU_MASTER_KEY_SECRET'),
  ];
  const given = [file, keyId, secretId].filter((value) => value !== '');
  if (given.length > 1)
    return 'NARU_MASTER_KEY_FILE, NARU_MASTER_KEY_KMS and NARU_MASTER_KEY_SECRET: several are set; set exactly one';
  if (file !== '') return { kind: 'file', file };
  if (keyId !== '') return { kind: 'kms', keyId };
  return secretId === '' ? null : { kind: 'secret', secretId };
}

/** As `parseMasterKeySource` reads it. */
export function formatMasterKeySource(source: MasterKeySource): string {
  switch (source.kind) {
    case 'file':
      return source.file;
    case 'kms':
      return `kms:${source.keyId}`;
    case 'secret':
      return `secret:${source.secretId}`;
    default:
      return assertNever(source, 'source of a master key');
  }
}

/** The variable by which the signer is told of it, with its value. */
export function masterKeyVariable(source: MasterKeySource): string {
  switch (source.kind) {
    case 'file':
      return `NARU_MASTER_KEY_FILE=${source.file}`;
    case 'kms':
      return `NARU_MASTER_KEY_KMS=${source.keyId}`;
    case 'secret':
      return `NARU_MASTER_KEY_SECRET=${source.secretId}`;
    default:
      return assertNever(source, 'source of a master key');
  }
}

/** For messages. */
export function describeMasterKeySource(source: MasterKeySource): string {
  switch (source.kind) {
    case 'file':
      return `master key file ${source.file}`;
    case 'kms':
      return `master key ${source.keyId} of AWS KMS`;
    case 'secret':
      return `master key secret ${source.secretId} of AWS Secrets Manager`;
    default:
      return assertNever(source, 'source of a master key');
  }
}
