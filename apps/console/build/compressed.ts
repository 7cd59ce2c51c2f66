import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = new Set(['.js', '.css', '.html', '.svg']);
/** Below it the headers weigh more than what is saved. */
const BYTES_MIN = 1_000;

/** Beside each file of text the same one in Brotli and gzip, which the server sends to those who take it. */
export function compressed(): Plugin {
  return {
    name: 'naru:compressed',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) return;
      for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !COMPRESSIBLE.has(path.extname(entry.name))) continue;
        const file = path.join(entry.parentPath, entry.name);
        const content = await readFile(file);
        if (content.byteLength < BYTES_MIN) continue;
        await writeFile(
          `${file}.gz`,
          await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
        );
        const options = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength } };
        await writeFile(`${file}.br`, await promisify(brotliCompress)(content, options));
      }
    },
  };
}
