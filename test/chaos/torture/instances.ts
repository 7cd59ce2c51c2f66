import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildRoles } from '@naru/cli/role-build.ts';
import { type Role, roleCommand } from '@naru/cli/role-command.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { findFreePort } from '@naru/local-servers/ports.ts';
import { createSupervisor, type ProcessSpec, type Supervisor } from '@naru/supervisor/supervisor.ts';

export const workerRoles = [
  'monitor',
  'accounts',
  'broadcaster',
  'processor',
  'jobs',
] as const satisfies Role[];
/** Of these several instances run at once; there is one signer, since its journal has one writer. */
export const pairedRoles = [...workerRoles, 'api'] as const satisfies Role[];
export const allRoles = ['signer', ...pairedRoles] as const satisfies Role[];

const INSTANCES = 2;
/** Places for instances of a role: those that run, and as many to start beside them. */
const SLOTS = 2 * INSTANCES;
const READY_TIMEOUT_MS = 90_000;

/** The role processes, under the supervisor and the permission model of production. */
export type Instances = {
  /** Names of what should run of a role, in the order in which it was started. */
  of(role: Role): string[];
  /** Two of each role and the signer. Resolves when all are ready. */
  startAll(): Promise<void>;
  start(role: Role): Promise<string[]>;
  /** A new instance beside those that run. Resolves when it is ready. */
  startBeside(role: Role): Promise<string>;
  /** SIGTERM, and no new start. */
  stop(name: string): Promise<void>;
  /** SIGKILL, and no new start. */
  killForGood(name: string): Promise<void>;
  /** False: it does not run at this moment. The supervisor starts again what is killed. */
  signal(name: string, signal: NodeJS.Signals): boolean;
  waitReady(name: string): Promise<void>;
  urlOf(name: string): string;
  /** Milliseconds that the instance's wall clock is off; takes effect within a moment. */
  shiftClock(name: string, offsetMs: number): void;
  stopEverything(): Promise<void>;
};

export async function createInstances(options: {
  root: string;
  dir: string;
  path: string;
  /** What a role is configured with, its port and name aside. */
  environmentOf: (role: Role, signerUrl: string) => Record<string, string>;
}): Promise<Instances> {
  const logDir = path.join(options.dir, 'logs');
  const clockDir = path.join(options.dir, 'clocks');
  for (const dir of [logDir, clockDir]) mkdirSync(dir, { recursive: true });
  const ports = new Map<string, number>();
  for (const role of allRoles)
    for (let slot = 1; slot <= (role === 'signer' ? 1 : SLOTS); slot++)
      ports.set(`${role}-${slot}`, await findFreePort());
  const urlOf = (name: string) => `http://127.0.0.1:${assertPresent(ports.get(name), `port of ${name}`)}`;

  const build = await buildRoles(options.root);
  const specOf = (name: string, port: number): ProcessSpec => {
    const role = roleOf(name);
    const env = {
      PATH: options.path,
      NARU_PORT: String(port),
      ...(role === 'signer' || role === 'api' ? {} : { NARU_ROLES: role, NARU_INSTANCE: name }),
      ...options.environmentOf(role, urlOf('signer-1')),
    };
    const { command, args } = roleCommand(role, { root: options.root, env, build });
    return {
      name,
      command,
      args: [...clockArguments(role, path.join(clockDir, name)), ...args],
      cwd: options.root,
      env,
      logFile: path.join(logDir, `${name}.log`),
      ready: `${urlOf(name)}/readyz`,
      port,
    };
  };
  const supervisor = createSupervisor({
    processes: [...ports].map(([name, port]) => specOf(name, port)),
  });
  return manage(supervisor, urlOf, (name, offsetMs) => {
    const file = path.join(clockDir, name);
    writeFileSync(`${file}.new`, String(offsetMs));
    renameSync(`${file}.new`, file);
  });
}

function manage(
  supervisor: Supervisor,
  urlOf: Instances['urlOf'],
  shiftClock: Instances['shiftClock'],
): Instances {
  const running = new Map<Role, string[]>(allRoles.map((role) => [role, []]));
  const of = (role: Role) => assertPresent(running.get(role), role);
  const waitReady = (name: string) => supervisor.waitReady(name, READY_TIMEOUT_MS);
  const launch = async (role: Role): Promise<string> => {
    const name = assertPresent(
      Array.from({ length: SLOTS }, (_, index) => `${role}-${index + 1}`).find(
        (one) => !of(role).includes(one),
      ),
      `a free place for another ${role}`,
    );
    of(role).push(name);
    shiftClock(name, 0);
    await supervisor.start(name);
    return name;
  };
  const forget = (name: string) => {
    const names = of(roleOf(name));
    names.splice(names.indexOf(name), 1);
  };
  const launchAll = async (role: Role) => {
    const count = role === 'signer' ? 1 : INSTANCES;
    while (of(role).length < count) await launch(role);
    return [...of(role)];
  };
  const signal = (name: string, kind: NodeJS.Signals) => {
    const pid = supervisor.pids()[name];
    if (pid === undefined) return false;
    try {
      return process.kill(pid, kind);
    } catch {
      return false; // ended in this very moment
    }
  };
  return {
    of: (role) => [...of(role)],
    async startAll() {
      const names = (await Promise.all(allRoles.map(launchAll))).flat();
      await Promise.all(names.map(waitReady));
    },
    async start(role) {
      const names = await launchAll(role);
      await Promise.all(names.map(waitReady));
      return names;
    },
    async startBeside(role) {
      const name = await launch(role);
      await waitReady(name);
      return name;
    },
    async stop(name) {
      await supervisor.stop(name);
      forget(name);
    },
    async killForGood(name) {
      signal(name, 'SIGKILL');
      await supervisor.stop(name);
      forget(name);
    },
    signal,
    waitReady,
    urlOf,
    shiftClock,
    stopEverything: () => supervisor.stopAll(),
  };
}

export function roleOf(name: string): Role {
  return assertPresent(
    allRoles.find((role) => name.startsWith(`${role}-`)),
    `role of ${name}`,
  );
}

/** The signer may read everything, so it needs no permission to read these two files. */
function clockArguments(role: Role, offsetFile: string): string[] {
  const preload = new URL('shift-clock.ts', import.meta.url);
  const readable = [
    preload.pathname,
    offsetFile,
    path.join(path.dirname(preload.pathname), '../../../package.json'),
  ];
  const permissions = role === 'signer' ? [] : readable.map((file) => `--allow-fs-read=${file}`);
  return [...permissions, '--import', `${preload.href}?offset=${encodeURIComponent(offsetFile)}`];
}
