import { execFile, spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorText } from '@naru/kit/errors.ts';
import { hasCode, orNullIfMissing } from './files.ts';

const run = promisify(execFile);

/** The system user that runs PostgreSQL when we are root. */
export type PostgresAccount = { uid: number; gid: number };

const USUAL_USER = 'postgres';
const OWN_USER = 'naru-postgres';
const COMMAND_TIMEOUT_MS = 15_000; // id and useradd can ask a directory service

/**
 * PostgreSQL refuses to run as root. Null: we are an ordinary user and it runs as ourselves. Otherwise, in this order:
 * the owner of the cluster that exists, the user `postgres`, the user `naru-postgres`, which is created when missing.
 */
export async function chooseAccount(options: {
  clusterDir: string;
  note: (text: string) => void;
}): Promise<PostgresAccount | null> {
  if (process.getuid?.() !== 0) return null;
  const cluster = await orNullIfMissing(stat(options.clusterDir));
  if (cluster !== null && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  const existing = (await findUser(USUAL_USER)) ?? (await findUser(OWN_USER));
  if (existing !== null) return existing;
  await createUser();
  options.note(`created the system user ${OWN_USER}: PostgreSQL does not run as root`);
  const created = await findUser(OWN_USER);
  if (created === null) throw cannotCreateUser('useradd reported success, but the user does not exist');
  return created;
}

/** Whether the account can enter `dir` and write there. Asked of the system itself, so every kind of permission counts. */
export function canAccountWrite(account: PostgresAccount, dir: string): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'test -x "$1" && test -w "$1"', 'sh', dir], {
    ...account,
    cwd: '/',
    timeout: COMMAND_TIMEOUT_MS,
    stdio: 'ignore',
  });
  return probe.status === 0;
}

async function findUser(name: string): Promise<PostgresAccount | null> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => {
        const { stdout } = await run('id', [flag, name], { timeout: COMMAND_TIMEOUT_MS });
        return Number.parseInt(stdout, 10);
      }),
    );
    return uid === undefined || gid === undefined ? null : { uid, gid };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw cannotCreateUser('the command `id` is missing');
    return null; // id answers 1 for an unknown user
  }
}

async function createUser(): Promise<void> {
  const flags = ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false'];
  try {
    await run('useradd', [...flags, OWN_USER], { timeout: COMMAND_TIMEOUT_MS });
  } catch (error) {
    throw cannotCreateUser(hasCode(error, 'ENOENT') ? 'the command `useradd` is missing' : errorText(error));
  }
}

function cannotCreateUser(reason: string): Error {
  return new Error(
    `PostgreSQL does not run as root, there is no user "${USUAL_USER}", and none could be created (${reason}). ` +
      'Start again as an ordinary user, or create that user, ' +
      'or set DATABASE_URL to a PostgreSQL 18 server of yours.',
  );
}
