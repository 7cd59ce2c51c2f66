import path from 'node:path';
import { chainVariable } from '@naru/core/chain/chain-environment.ts';
import { findFreePort, isPortFree } from '@naru/local-servers/ports.ts';
import type { ProcessSpec } from '@naru/supervisor/supervisor.ts';
import { CONSOLE_PORT_DEFAULT, consoleCommand } from '../console-process.ts';
import type { RoleBuild } from '../role-build.ts';
import { type Role, roleCommand, roleDefaultPorts } from '../role-command.ts';
import type { DevHome } from './dev-home.ts';
import type { SignerHome } from './signer-home.ts';

/** Started in this order, stopped in the opposite one. */
export const devRoles = [
  'signer',
  'monitor',
  'accounts',
  'broadcaster',
  'processor',
  'jobs',
  'api',
] as const satisfies readonly Role[];
export type DevPorts = Record<Role, number> & { console: number };

/** The usual port of each role, or a free one where something else listens. */
export async function chooseDevPorts(): Promise<{ ports: DevPorts; moved: string[] }> {
  const usual = { ...roleDefaultPorts, console: CONSOLE_PORT_DEFAULT };
  const ports = { ...usual };
  const moved: string[] = [];
  for (const name of [...devRoles, 'console'] as const) {
    if (await isPortFree(usual[name])) continue;
    ports[name] = await findFreePort();
    moved.push(`${name} on ${ports[name]} (${usual[name]} is taken)`);
  }
  return { ports, moved };
}

/** One process for each role. The keys' place is in the signer's environment only, and only it may read there. */
export function devProcesses(options: {
  root: string;
  build: RoleBuild | null;
  home: DevHome;
  ports: DevPorts;
  databaseUrl: string;
  rpcUrls: readonly string[];
  signerHome: SignerHome;
  /** PATH of the child processes. */
  path: string;
}): ProcessSpec[] {
  const { root, build, home, ports, signerHome } = options;
  const signer = {
    NARU_SIGNER_URL: `http://127.0.0.1:${ports.signer}`,
    NARU_SIGNER_TOKEN_FILE: signerHome.tokenFile,
  };
  const worker = {
    DATABASE_URL: options.databaseUrl,
    [chainVariable('NARU_RPC', 'localhost')]: options.rpcUrls.join(','),
  };
  // Everything is on this machine, receivers of webhooks too.
  const webhooks = { NARU_WEBHOOK_KEY_FILE: home.webhookKeyFile, NARU_WEBHOOK_ALLOW_LOCAL: 'true' };
  // Browsers give passkeys to names only, so the first is the one by name.
  const people = {
    NARU_AUTH_SECRET_FILE: home.authSecretFile,
    NARU_CONSOLE_URL: `http://localhost:${ports.console},http://127.0.0.1:${ports.console}`,
    // The console hands on who called it.
    NARU_TRUST_PROXY: '127.0.0.1',
  };
  const environments: Record<Role, Record<string, string>> = {
    signer: signerHome.env,
    api: { DATABASE_URL: options.databaseUrl, ...webhooks, ...people },
    processor: { ...worker, ...signer, NARU_ROLES: 'processor' },
    broadcaster: { ...worker, NARU_ROLES: 'broadcaster' },
    monitor: { ...worker, NARU_ROLES: 'monitor' },
    accounts: { ...worker, NARU_ROLES: 'accounts' },
    jobs: { ...worker, NARU_ROLES: 'jobs', NARU_BACKUP_DIR: home.backupDir, ...webhooks },
  };
  return devRoles.map((role) => {
    const place = { NARU_INSTANCE: role, NARU_PORT: String(ports[role]) };
    const env = { PATH: options.path, ...place, ...environments[role] };
    return {
      name: role,
      ...roleCommand(role, { root, env, build }),
      cwd: root,
      env,
      logFile: path.join(home.logsDir, `${role}.log`),
      ready: `http://127.0.0.1:${ports[role]}/readyz`,
      port: ports[role],
    };
  });
}

/** The console, from pages that were built. */
export function consoleProcess(options: {
  root: string;
  dir: string;
  home: DevHome;
  ports: DevPorts;
  /** PATH of the child process. */
  path: string;
}): ProcessSpec {
  const { root, dir, home, ports } = options;
  const { command, args, env } = consoleCommand({
    root,
    dir,
    apiUrl: `http://127.0.0.1:${ports.api}`,
    port: ports.console,
  });
  return {
    name: 'console',
    command,
    args,
    cwd: root,
    env: { PATH: options.path, ...env },
    logFile: path.join(home.logsDir, 'console.log'),
    ready: `http://127.0.0.1:${ports.console}/readyz`,
    port: ports.console,
  };
}
