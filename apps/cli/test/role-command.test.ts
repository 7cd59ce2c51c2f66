import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Role, roleCommand, roleEnvironment, roles } from '../src/role-command.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const TIMEOUT_MS = 30_000;

/** A directory as a server has it: keys and the signer's secrets, and the token that the processor shares. */
let home: string;
let secrets: Record<'key' | 'master' | 'journal', string>;
let tokenFile: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'naru-roles-'));
  const signer = path.join(home, '.naru', 'signer');
  await mkdir(path.join(signer, 'keys'), { recursive: true });
  secrets = {
    key: path.join(signer, 'keys', 'one.json'),
    master: path.join(signer, 'master.key'),
    journal: path.join(signer, 'journal.jsonl'),
  };
  tokenFile = path.join(home, '.naru', 'signer-token');
  for (const file of [...Object.values(secrets), tokenFile]) await writeFile(file, 'secret');
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

/** Runs `script` in place of the role's program, with exactly the role's permissions. */
function runAs(role: Role, script: string): Promise<string> {
  const env = { NARU_SIGNER_TOKEN_FILE: tokenFile };
  const { command, args } = roleCommand(role, { root, env });
  const flags = args
    .slice(0, -1)
    .filter((arg) => arg.startsWith('--permission') || arg.startsWith('--allow'));
  return new Promise((resolve) => {
    execFile(command, [...flags, '--eval', script], { timeout: TIMEOUT_MS, cwd: home }, (error, out, err) =>
      resolve(error === null ? out.trim() : err),
    );
  });
}

function readAs(role: Role, file: string): Promise<string> {
  return runAs(
    role,
    `try { console.log(require('fs').readFileSync(${JSON.stringify(file)}, 'utf8')) } catch (error) { console.log(error.code) }`,
  );
}

describe('roleCommand', () => {
  const others = roles.filter((role) => role !== 'signer');

  it.each(others)('%s cannot read a key, the master key or the journal', async (role) => {
    for (const file of Object.values(secrets)) expect(await readAs(role, file)).toBe('ERR_ACCESS_DENIED');
  });

  it('the signer can read all of them', async () => {
    for (const file of Object.values(secrets)) expect(await readAs('signer', file)).toBe('secret');
  });

  it('the keystore inside the repository is as far away as one outside', async () => {
    const inside = path.join(root, '.naru', 'signer', 'master.key');
    for (const role of ['api', 'processor'] as const)
      expect(await readAs(role, inside)).toBe('ERR_ACCESS_DENIED');
  });

  it('only the processor reads the token it shares with the signer', async () => {
    expect(await readAs('processor', tokenFile)).toBe('secret');
    for (const role of ['api', 'broadcaster', 'monitor', 'accounts'] as const)
      expect(await readAs(role, tokenFile)).toBe('ERR_ACCESS_DENIED');
  });

  it('no way round: other programs, links, other directories of the machine', async () => {
    const attempt = (code: string) =>
      `try { ${code}; console.log('done') } catch (error) { console.log(error.code) }`;
    const cat = attempt(`require('child_process').execFileSync('cat', [${JSON.stringify(secrets.master)}])`);
    expect(await runAs('processor', cat)).toBe('ERR_ACCESS_DENIED');
    const worker = attempt(`new (require('worker_threads').Worker)('1', { eval: true })`);
    expect(await runAs('api', worker)).toBe('ERR_ACCESS_DENIED');
    const write = attempt(`require('fs').writeFileSync(${JSON.stringify(path.join(root, 'x'))}, '')`);
    expect(await runAs('api', write)).toBe('ERR_ACCESS_DENIED');
    const link = path.join(home, 'link');
    await symlink(secrets.master, link);
    expect(await readAs('monitor', link)).toBe('ERR_ACCESS_DENIED');
    expect(await readAs('monitor', '/etc/passwd')).toBe('ERR_ACCESS_DENIED');
    expect(await readAs('api', `/proc/self/root${secrets.master}`)).toBe('ERR_ACCESS_DENIED');
  });

  it('certificates that the database URL names are readable, and nothing beside them', async () => {
    const certificate = path.join(home, 'ca.pem');
    await writeFile(certificate, 'certificate');
    const env = { DATABASE_URL: `postgres://db.example/naru?sslrootcert=${certificate}` };
    expect(roleCommand('api', { root, env }).args).toContain(`--allow-fs-read=${certificate}`);
  });

  it('the jobs role writes into the directory of backups and nowhere else; no other role does', async () => {
    const dir = path.join(home, 'backups');
    const env = { NARU_BACKUP_DIR: dir };
    const allowed = (role: Role) =>
      roleCommand(role, { root, env }).args.filter((argument) => argument.startsWith('--allow-fs-write'));
    expect(allowed('jobs')).toEqual([`--allow-fs-write=${dir}`, `--allow-fs-write=${dir}/`]);
    for (const role of ['api', 'processor', 'broadcaster', 'monitor', 'accounts'] as const)
      expect(allowed(role)).toEqual([]);
    expect(roleEnvironment('jobs', env, { name: 'jobs-1', port: 1 })).toHaveProperty('NARU_BACKUP_DIR');
    expect(roleEnvironment('api', env, { name: 'api-1', port: 1 })).not.toHaveProperty('NARU_BACKUP_DIR');
  });

  it('refuses a token file inside the keystore', () => {
    const env = { NARU_KEYSTORE_DIR: path.dirname(secrets.key), NARU_SIGNER_TOKEN_FILE: secrets.key };
    expect(() => roleCommand('processor', { root, env })).toThrow('put it elsewhere');
  });
});

describe('roleEnvironment', () => {
  const given = {
    DATABASE_URL: 'postgres://x',
    NARU_RPC_POLYGON: 'https://x',
    NARU_SIGNER_TOKEN_FILE: '/t',
    NARU_KEYSTORE_DIR: '/k',
    NARU_MASTER_KEY_FILE: '/m',
    NARU_API_KEY: 'nk_live_x',
    NODE_OPTIONS: '--require=/evil.js',
    LANG: 'C',
  };
  const namesOf = (role: Role) =>
    Object.keys(roleEnvironment(role, given, { name: `${role}-1`, port: 1 })).sort();

  it('hands each role its own variables and nobody else', () => {
    const place = ['LANG', 'NARU_INSTANCE', 'NARU_PORT'];
    expect(namesOf('signer')).toEqual(
      [...place, 'NARU_KEYSTORE_DIR', 'NARU_MASTER_KEY_FILE', 'NARU_SIGNER_TOKEN_FILE'].sort(),
    );
    expect(namesOf('api')).toEqual([...place, 'DATABASE_URL'].sort());
    expect(namesOf('monitor')).toEqual([...place, 'DATABASE_URL', 'NARU_ROLES', 'NARU_RPC_POLYGON'].sort());
    expect(namesOf('processor')).toEqual([...namesOf('monitor'), 'NARU_SIGNER_TOKEN_FILE'].sort());
  });
});
