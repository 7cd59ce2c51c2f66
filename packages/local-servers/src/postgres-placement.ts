import { createHash } from 'node:crypto';
import {
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { orNullIfMissing } from './files.ts';
import { canAccountWrite, type PostgresAccount } from './postgres-account.ts';
import type { PostgresTuning } from './postgres-settings.ts';
import { stopLeftoverPostmaster } from './postmaster.ts';
import { openTrustedBase } from './trusted-base.ts';

/** In the data directory: the folder that PostgreSQL's user owns, or a link to it. It holds the cluster. */
const PLACE_NAME = 'server';
const OWNER_SUFFIX = '.owner.json';
const HASH_LENGTH = 16;

type Placement = {
  dataDir: string;
  account: PostgresAccount | null;
  tuning: PostgresTuning;
  note: (text: string) => void;
};
type Owner = { dataDir: string; tuning: PostgresTuning };

export function clusterDirOf(dataDir: string): string {
  return path.join(dataDir, PLACE_NAME, 'cluster');
}

/**
 * The folder for the cluster of `dataDir`: inside it where PostgreSQL's user can go there; otherwise (a clone inside
 * /root, mode 0700) outside, in a place named after `dataDir`, with a link `dataDir/server` that remembers it.
 * The link decides: once it is removed, the data outside counts as removed, too.
 */
export async function placeCluster(placement: Placement): Promise<string> {
  const { account, note } = placement;
  const dataDir = await realpath(placement.dataDir);
  const place = path.join(dataDir, PLACE_NAME);
  const found = await orNullIfMissing(lstat(place));
  if (found?.isSymbolicLink()) {
    const target = await keepOutsidePlace({ ...placement, dataDir }, place);
    if (target !== null) return target;
  }
  if (found?.isDirectory()) {
    if (account !== null && !canAccountWrite(account, place)) throw unreachable(place, account);
    return place;
  }
  if (account === null) {
    await mkdir(place, { mode: 0o700 });
    return place;
  }
  await mkdir(place, { mode: 0o700 });
  await chown(place, account.uid, account.gid);
  if (canAccountWrite(account, place)) return place;
  await rmdir(place);

  const outside = await makeOutsidePlace({ ...placement, dataDir }, account, place);
  note(`the database of ${dataDir} is kept in ${outside}: PostgreSQL's user cannot reach ${dataDir}`);
  return outside;
}

/** Removes the cluster of `dataDir`, wherever it is. No server may be running on it. */
export async function removePlace(dataDir: string): Promise<void> {
  const place = path.join(dataDir, PLACE_NAME);
  const target = await orNullIfMissing(realpath(place));
  if (target !== null) await rm(target, { recursive: true, force: true });
  if (target !== null) await rm(`${target}${OWNER_SUFFIX}`, { force: true });
  await rm(place, { force: true, recursive: true });
}

/** The place that the link names, or null after removing a link that is no longer good. */
async function keepOutsidePlace(placement: Placement, link: string): Promise<string | null> {
  const target = await readlink(link);
  const owner = await readOwner(target);
  const exists = (await orNullIfMissing(lstat(target))) !== null;
  const ownerStillUsesIt =
    owner !== null &&
    owner.dataDir !== placement.dataDir &&
    (await orNullIfMissing(readlink(path.join(owner.dataDir, PLACE_NAME)))) === target;
  if (exists && !ownerStillUsesIt) {
    if (placement.account !== null) await writeOwner(target, placement); // the clone was moved: it is ours now
    return target;
  }
  // The place is gone, or this folder is a copy of one whose database still belongs to the original.
  await rm(link);
  placement.note(
    exists
      ? `${placement.dataDir} is a copy of ${owner?.dataDir}: it gets a new, empty database`
      : `the database of ${placement.dataDir} was removed from ${target}: it gets a new, empty one`,
  );
  return null;
}

async function makeOutsidePlace(
  placement: Placement,
  account: PostgresAccount,
  link: string,
): Promise<string> {
  const base = await openTrustedBase();
  await sweepTestPlaces(base, placement.note);
  const hash = createHash('sha256').update(placement.dataDir).digest('hex').slice(0, HASH_LENGTH);
  const target = path.join(base, hash);
  await discard(target, placement.note); // whoever removed our link wanted the data gone
  await mkdir(target, { mode: 0o700 });
  await chown(target, account.uid, account.gid);
  if (!canAccountWrite(account, target)) throw unreachable(target, account);
  await symlink(target, link);
  await writeOwner(target, placement);
  return target;
}

/** Test databases whose data directory was removed without stopping them properly would pile up. Others are never swept. */
async function sweepTestPlaces(base: string, note: (text: string) => void): Promise<void> {
  for (const name of await readdir(base)) {
    if (!name.endsWith(OWNER_SUFFIX)) continue;
    const target = path.join(base, name.slice(0, -OWNER_SUFFIX.length));
    const owner = await readOwner(target);
    if (owner?.tuning !== 'test') continue;
    const link = await orNullIfMissing(readlink(path.join(owner.dataDir, PLACE_NAME)));
    if (link !== target) await discard(target, note);
  }
}

async function discard(target: string, note: (text: string) => void): Promise<void> {
  await stopLeftoverPostmaster({ clusterDir: path.join(target, 'cluster'), note });
  await rm(target, { recursive: true, force: true });
  await rm(`${target}${OWNER_SUFFIX}`, { force: true });
}

async function readOwner(target: string): Promise<Owner | null> {
  const text = await orNullIfMissing(readFile(`${target}${OWNER_SUFFIX}`, 'utf8'));
  if (text === null) return null;
  try {
    const value: Partial<Record<keyof Owner, unknown>> = JSON.parse(text);
    const tuning = value.tuning === 'test' ? 'test' : 'durable';
    return typeof value.dataDir === 'string' ? { dataDir: value.dataDir, tuning } : null;
  } catch {
    return null; // half written: the place then has no known owner and is never swept
  }
}

async function writeOwner(target: string, owner: Owner): Promise<void> {
  const text = JSON.stringify({ dataDir: owner.dataDir, tuning: owner.tuning });
  await writeFile(`${target}${OWNER_SUFFIX}`, `${text}\n`);
}

function unreachable(place: string, account: PostgresAccount): Error {
  return new Error(
    `${place} exists, but user ${account.uid}, who runs PostgreSQL, cannot write there. ` +
      'Give that user access to every folder above it, or remove it to start with an empty database.',
  );
}
