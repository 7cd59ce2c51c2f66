import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const POLL_MS = 500;

/**
 * Runs `work` while no other process does so for the same directory. Two `npm start` at once would otherwise empty
 * node_modules under each other. A lock whose process is gone is taken over.
 * @param {string} dir
 * @param {() => Promise<void>} work
 */
export async function withInstallLock(dir, work) {
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'install.lock');
  let hasToldWhy = false;
  while (!takeLock(file)) {
    const holder = readHolder(file);
    if (holder === null) continue;
    if (!isAlive(holder.pid)) {
      removeStaleLock(file, holder.text);
      continue;
    }
    if (!hasToldWhy)
      process.stderr.write(`Another start (process ${holder.pid}) is installing the packages; waiting …\n`);
    hasToldWhy = true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * The file appears with its content in one step.
 * @param {string} file
 */
function takeLock(file) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${process.pid} ${Date.now()}\n`);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/**
 * @param {string} file
 * @returns {{ pid: number, text: string } | null}
 */
function readHolder(file) {
  try {
    const text = readFileSync(file, 'utf8');
    return { pid: Number.parseInt(text, 10), text };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Moved away before it is removed: whoever moved a fresh lock of somebody else by mistake sees that, and puts it back.
 * @param {string} file
 * @param {string} staleText
 */
function removeStaleLock(file, staleText) {
  const moved = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, moved);
    if (readFileSync(moved, 'utf8') !== staleText) linkSync(moved, file);
    unlinkSync(moved);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
