import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { isErrno } from '@naru/keystore/private-file.ts';
import { CodedError } from '@naru/kit/errors.ts';

/** Bytes of an imported file: a private key is 66 characters; anything much longer is the wrong file. */
const IMPORT_BYTES_MAX = 1_024;

/** The bytes of a private key from standard input; the caller wipes them. */
export async function readKeyFromInput(input: Readable & { isTTY?: boolean }): Promise<Buffer> {
  if (input.isTTY === true) {
    throw new CodedError(
      'usage',
      'a key typed here would stay on the screen: pipe it in, e.g.  pass show hot-1 | naru keys import --stdin',
    );
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > IMPORT_BYTES_MAX) throw tooLong('standard input');
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks);
  for (const chunk of chunks) chunk.fill(0);
  return text;
}

/** The same from a file. */
export async function readKeyFromFile(file: string): Promise<Buffer> {
  const text = await readFile(file).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) throw new CodedError('missing', `${file} does not exist`);
    throw error;
  });
  if (text.length > IMPORT_BYTES_MAX) throw tooLong(file);
  return text;
}

function tooLong(what: string): CodedError {
  return new CodedError(
    'invalid_private_key',
    `${what} is longer than ${IMPORT_BYTES_MAX} bytes: a private key is 64 hex digits`,
  );
}
