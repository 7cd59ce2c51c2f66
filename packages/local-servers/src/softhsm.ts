import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export type SoftHsmToken = {
  /** The PKCS#11 library. */
  readonly library: string;
  readonly label: string;
  /** Mode 0600. */
  readonly pinFile: string;
  /** What a program needs in its environment to find this token and no other. */
  readonly env: { SOFTHSM2_CONF: string };
  /** The directory that holds the token: moved away, the token is gone. */
  readonly tokensDir: string;
};

const LIBRARIES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
];
const PIN = '123456';
const INIT_TIMEOUT_MS = 20_000;

/** Makes a token of its own in `dir` with the system's SoftHSM2 (Debian: `apt-get install softhsm2`). */
export async function createSoftHsmToken(options: { dir: string; label: string }): Promise<SoftHsmToken> {
  const { dir, label } = options;
  const library = await findLibrary();
  const tokensDir = path.join(dir, 'tokens');
  await mkdir(tokensDir, { recursive: true, mode: 0o700 });
  const conf = path.join(dir, 'softhsm2.conf');
  await writeFile(
    conf,
    `directories.tokendir = ${tokensDir}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n`,
  );
  const pinFile = path.join(dir, 'pin');
  await writeFile(pinFile, `${PIN}\n`, { mode: 0o600 });
  const env = { SOFTHSM2_CONF: conf };
  const args = ['--init-token', '--free', '--label', label, '--so-pin', '87654321', '--pin', PIN];
  // Through env, so that the tool has this one variable besides ours; 127 is its word for a program that is not there.
  const command = [`SOFTHSM2_CONF=${conf}`, 'softhsm2-util', ...args];
  await promisify(execFile)('env', command, { timeout: INIT_TIMEOUT_MS }).catch((error: unknown) => {
    throw isNotFound(error) ? notInstalled(error) : error;
  });
  return { library, label, pinFile, env, tokensDir };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 127;
}

async function findLibrary(): Promise<string> {
  for (const library of LIBRARIES) {
    const isThere = await access(library).then(
      () => true,
      () => false,
    );
    if (isThere) return library;
  }
  throw notInstalled();
}

function notInstalled(cause?: unknown): Error {
  return new Error('SoftHSM2 is not installed: apt-get install softhsm2', { cause });
}
