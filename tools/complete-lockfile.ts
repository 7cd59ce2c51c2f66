import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { REPOSITORY } from './repository/files.ts';
import { fillGaps, findGaps, type Lockfile } from './repository/lockfile.ts';

/**
 * `node tools/complete-lockfile.ts`: after `npm install`, writes the entries that npm left out of package-lock.json and
 * `npm ci` asks for. See findGaps for why.
 */
const file = path.join(REPOSITORY, 'package-lock.json');
const lockfile = JSON.parse(await readFile(file, 'utf8')) as Lockfile;
const gaps = findGaps(lockfile);
if (gaps.length > 0) await writeFile(file, `${JSON.stringify(fillGaps(lockfile), null, 2)}\n`);
process.stdout.write(`package-lock.json: ${gaps.length} entries added\n`);
