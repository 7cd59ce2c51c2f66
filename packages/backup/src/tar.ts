import { assert } from '@naru/kit/assert.ts';

/** A member of a tar file. `read` yields its content; what is not read is skipped. */
export type TarEntry = {
  path: string;
  kind: 'file' | 'directory';
  sizeBytes: number;
  read(): AsyncGenerator<Buffer>;
};

const BLOCK_BYTES = 512;
const KINDS: Readonly<Record<string, TarEntry['kind']>> = { '0': 'file', '\0': 'file', '5': 'directory' };

/**
 * Reads the members of a tar file one after the other. Knows what PostgreSQL writes: plain files and directories.
 * Anything else, a broken header and a file that ends early are errors.
 * Source: POSIX.1-2008, pax, ustar Interchange Format; PostgreSQL, src/port/tar.c.
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = createReader(source);
  for (;;) {
    const header = await reader.take(BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) break;
    const { path, kind, sizeBytes } = parseHeader(header);
    let leftBytes = sizeBytes;
    const read = async function* (): AsyncGenerator<Buffer> {
      while (leftBytes > 0) {
        const chunk = await reader.some(leftBytes);
        leftBytes -= chunk.length;
        yield chunk;
      }
    };
    yield { path, kind, sizeBytes, read };
    for await (const _ of read());
    await reader.take((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
  }
  // To the very end, so that whoever counts or hashes the source has seen all of it.
  await reader.drain();
}

function parseHeader(header: Buffer): { path: string; kind: TarEntry['kind']; sizeBytes: number } {
  const text = (from: number, length: number) => {
    const field = header.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.subarray(0, end === -1 ? length : end).toString('utf8');
  };
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  assertTar(Number.parseInt(text(148, 8), 8) === sum, 'a header has a wrong checksum');
  const prefix = text(345, 155);
  const path = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  const kind = KINDS[String.fromCharCode(header[156] ?? 0)];
  const sizeBytes = Number.parseInt(text(124, 12).trim(), 8);
  if (kind === undefined) throw new Error(`${path} is neither a file nor a directory`);
  assertTar(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0, `${path} has no size`);
  const isInside = !path.startsWith('/') && !path.split('/').includes('..');
  assertTar(isInside, `${path} leads out of the directory`);
  return { path: path.replace(/\/$/, ''), kind, sizeBytes: kind === 'file' ? sizeBytes : 0 };
}

function createReader(source: AsyncIterable<Buffer>) {
  const iterator = source[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  /** At least one byte, at most `bytesMax`. */
  const some = async (bytesMax: number): Promise<Buffer> => {
    while (buffer.length === 0) {
      const { value, done } = await iterator.next();
      if (done === true) throw new Error('the tar file ends early');
      buffer = value;
    }
    const chunk = buffer.subarray(0, bytesMax);
    buffer = buffer.subarray(chunk.length);
    return chunk;
  };
  const take = async (bytes: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let leftBytes = bytes;
    while (leftBytes > 0) {
      const chunk = await some(leftBytes);
      leftBytes -= chunk.length;
      parts.push(chunk);
    }
    return Buffer.concat(parts);
  };
  const drain = async () => {
    while ((await iterator.next()).done !== true);
  };
  return { some, take, drain };
}

function assertTar(condition: boolean, what: string): void {
  assert(condition, `the tar file is damaged: ${what}`);
}
