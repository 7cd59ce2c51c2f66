import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { errorText } from '@naru/kit/errors.ts';
import { SERVER_MANIFEST_NAME, TAR_NAME } from './backup-directory.ts';
import { type BackupManifest, parseServerManifest } from './backup-manifest.ts';
import { readTar, type TarEntry } from './tar.ts';

const SHOWN_MAX = 20;

export type ReadResult = { problems: string[]; fileCount: number; contentBytes: number };

/**
 * Reads a backup from the first byte to the last and compares each file with the manifest that the server sent with it.
 * `intoDir` writes the files there as well. Problems are returned, not thrown: a person wants all of them.
 */
export async function readBackup(
  dir: string,
  expected: Pick<BackupManifest, 'tarSha256' | 'serverManifestSha256'>,
  options: { intoDir?: string; onProgress?: (doneBytes: number) => void } = {},
): Promise<ReadResult> {
  const result: ReadResult = { problems: [], fileCount: 0, contentBytes: 0 };
  const report = (problem: string) => {
    if (result.problems.length < SHOWN_MAX) result.problems.push(problem);
  };
  try {
    const text = await readFile(path.join(dir, SERVER_MANIFEST_NAME));
    if (sha256(text) !== expected.serverManifestSha256) report(`${SERVER_MANIFEST_NAME} was changed`);
    const missing = parseServerManifest(text.toString('utf8'));
    const tarHash = createHash('sha256');
    const check = async (entry: TarEntry) => {
      const wanted = missing.get(entry.path);
      missing.delete(entry.path);
      const found = await readFileEntry(entry, options.intoDir);
      result.fileCount += 1;
      result.contentBytes += entry.sizeBytes;
      options.onProgress?.(result.contentBytes);
      if (wanted === undefined) report(`${entry.path} is not in the server's manifest`);
      else if (wanted.sizeBytes !== entry.sizeBytes || wanted.sha256 !== found)
        report(`${entry.path} is not what the server sent`);
    };
    await pipeline(
      createReadStream(path.join(dir, TAR_NAME)),
      async function* hashed(source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          tarHash.update(chunk);
          yield chunk;
        }
      },
      createGunzip(),
      async (source: AsyncIterable<Buffer>) => {
        for await (const entry of readTar(source))
          if (entry.kind === 'file') await check(entry);
          else if (options.intoDir !== undefined)
            await mkdir(path.join(options.intoDir, entry.path), { recursive: true, mode: 0o700 });
      },
    );
    for (const name of missing.keys()) report(`${name} is missing`);
    if (tarHash.digest('hex') !== expected.tarSha256) report(`${TAR_NAME} was changed`);
  } catch (error) {
    report(`it cannot be read to its end: ${errorText(error)}`);
  }
  return result;
}

async function readFileEntry(entry: TarEntry, intoDir: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  const file = intoDir === undefined ? null : await open(path.join(intoDir, entry.path), 'wx', 0o600);
  try {
    for await (const chunk of entry.read()) {
      hash.update(chunk);
      await file?.writeFile(chunk);
    }
  } finally {
    await file?.close();
  }
  return hash.digest('hex');
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
