import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { roles } from '@naru/wire/role.ts';
import { z } from 'zod';

/** Where a local stack keeps everything: `.naru/` of the project. */
export type DevHome = {
  dir: string;
  logsDir: string;
  postgresDir: string;
  anvilStateFile: string;
  /** Base backups and the archived log. */
  backupDir: string;
  /** Keeps the secrets of webhook endpoints. */
  webhookKeyFile: string;
  /** Signs people's sessions. */
  authSecretFile: string;
  /** What this stack must remember from one start to the next. */
  stateFile: string;
  /** What other programs read. */
  publicFile: string;
};

export function devHome(root: string, backupDir: string | null = null): DevHome {
  const dir = path.join(root, '.naru');
  return {
    dir,
    logsDir: path.join(dir, 'logs'),
    postgresDir: path.join(dir, 'postgres'),
    backupDir: path.resolve(backupDir ?? path.join(dir, 'backups')),
    anvilStateFile: path.join(dir, 'anvil', 'state.json'),
    webhookKeyFile: path.join(dir, 'webhook.key'),
    authSecretFile: path.join(dir, 'auth.secret'),
    stateFile: path.join(dir, 'state.json'),
    publicFile: path.join(dir, 'dev.json'),
  };
}

const demoPerson = z.object({
  role: z.enum(roles),
  email: z.string(),
  password: z.string(),
  /** Base 32, as authenticator apps take it. */
  totpSecret: z.string(),
});
export type DemoPerson = z.output<typeof demoPerson>;

const stateSchema = z.object({
  postgresPassword: z.string(),
  apiKey: z.string().nullable(),
  /** One of each role. */
  people: z.array(demoPerson).default([]),
  demo: z
    .object({
      bulkId: z.string().nullable(),
      /** Recipients' balances before, by `asset/address`, smallest unit: what the summary compares with. */
      balancesBefore: z.record(z.string(), z.string()),
      done: z.boolean(),
    })
    .nullable(),
});
export type DevState = z.output<typeof stateSchema>;

/** Null when there is none, or one that an interrupted write left unreadable. */
export async function readDevState(home: DevHome): Promise<DevState | null> {
  const text = await readFile(home.stateFile, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function writeDevState(home: DevHome, state: DevState): Promise<void> {
  await writeWhole(home.stateFile, state);
}

/**
 * Both are made once: with another key, endpoints that were made before could not be signed for, and with another secret,
 * no second factor could be read.
 */
export async function ensureSecrets(home: DevHome): Promise<void> {
  await mkdir(home.dir, { recursive: true });
  for (const file of [home.webhookKeyFile, home.authSecretFile]) {
    const text = `${randomBytes(32).toString('base64')}\n`;
    await writeFile(file, text, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  }
}

/** Holds an API key, so only its owner may read it. */
export async function writeWhole(file: string, content: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
}
