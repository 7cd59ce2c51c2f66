import path from 'node:path';
import type { Environment } from '@naru/core/chain/chain-environment.ts';
import { CodedError } from '@naru/kit/errors.ts';
import {
  createSupervisor,
  describeExit,
  type EndedEvent,
  type ProcessSpec,
  type Supervisor,
} from '@naru/supervisor/supervisor.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { EXIT_INTERRUPTED } from '../explain-error.ts';
import { plural, showDuration } from '../format.ts';
import { renderTable } from '../output.ts';
import { buildRoles, type RoleBuild } from '../role-build.ts';
import { type Role, roleCommand, roleDefaultPorts, roleEnvironment, roles } from '../role-command.ts';

type UpOptions = { instances?: Map<Role, number>; logs: string; portBase: number };
type Instance = { name: string; role: Role; port: number; spec: ProcessSpec };

/** Second and later instances of a role listen this much higher each: 3001, 3101, 3201 … */
const PORT_STEP = 100;
const PORT_BASE_DEFAULT = roleDefaultPorts.api;
const PORT_BASE_MAX = 63_000; // leaves room for the last instance of the last role
const INSTANCES_MAX = 20;
/** A role connects to the database and to its nodes before it is ready. */
const READY_TIMEOUT_MS = 60_000;

export function registerUpCommand(program: Command, context: CliContext): void {
  const command = program
    .command('up')
    .summary('run roles as processes on this machine')
    .argument('[roles...]', `any of ${roles.join(', ')}; none: all of them`)
    .description(
      'Runs roles as processes on this machine, with the environment given, and starts again what dies. For servers without an orchestrator; the local stack for development is  npm start.\n\n' +
        "Every role but the signer runs under Node's permission model and can read no file but its own program, so no other role can reach keys. A variable that belongs to another role (keys, tokens, database) is not handed on. Ctrl-C or SIGTERM stops all, the last started first; work under way is finished.",
    )
    .option('--instances <list>', 'how many of a role, e.g. processor=2,monitor=2', parseInstances)
    .option(
      '--port-base <number>',
      'the api listens there, the other roles on the next ones (3001 to 3006)',
      parsePort,
      PORT_BASE_DEFAULT,
    )
    .option('--logs <dir>', 'directory of the log files', path.join('.naru', 'logs'))
    .action((names: string[], options: UpOptions) => runUp(context, names, options));
  addExamples(command, [
    ['naru up', 'everything on one machine'],
    ['naru up processor broadcaster monitor --instances processor=2', 'only these, the processor twice'],
  ]);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > PORT_BASE_MAX)
    throw new InvalidArgumentError(`It is not a port from 1 to ${PORT_BASE_MAX}.`);
  return port;
}

function parseInstances(text: string): Map<Role, number> {
  const counts = new Map<Role, number>();
  for (const part of text.split(',')) {
    const [name, count = ''] = part.trim().split('=');
    const role = roles.find((one) => one === name);
    if (role === undefined || !/^[1-9][0-9]?$/.test(count) || Number(count) > INSTANCES_MAX)
      throw new InvalidArgumentError(
        `"${part}" is not a role and a number from 1 to ${INSTANCES_MAX}, as in processor=2.`,
      );
    if (role === 'signer' && count !== '1')
      throw new InvalidArgumentError('The signer keeps one journal of what it signed: it runs once.');
    counts.set(role, Number(count));
  }
  return counts;
}

async function runUp(context: CliContext, names: readonly string[], options: UpOptions): Promise<void> {
  const { config, output } = context;
  if (config.localStackFile !== null)
    throw new CodedError(
      'no_environment',
      'naru up runs with the environment given, and there is none: set DATABASE_URL, NARU_RPC_… and so on (see README.md); the local stack is started by  npm start',
    );
  const build = await buildRoles(config.root);
  if (build === null)
    output.line(`${clock()}  nothing can be written to dist/: roles start from their sources, slower`);
  const instances = planInstances({ root: config.root, build }, config.environment, names, options);
  const supervisor = createSupervisor({
    processes: instances.map(({ spec }) => spec),
    onStarted: ({ name, pid, restarts }) =>
      output.line(
        `${clock()}  ${name}  ${restarts === 0 ? 'started' : `started again (restart ${restarts})`}, process ${pid}`,
      ),
    onEnded: (event) => output.line(`${clock()}  ${event.name}  ${describeEnd(event)}`),
  });
  const stopAsked = waitForSignal();
  try {
    const isUp = await Promise.race([
      startAll(supervisor, instances).then(() => true),
      stopAsked.then(() => false),
    ]);
    if (isUp) {
      printReady(context, instances, options.logs);
      await stopAsked;
    }
    output.line(`${clock()}  stopping; once more Ctrl-C ends everything at once`);
  } finally {
    await supervisor.stopAll();
  }
  output.line(`${clock()}  everything is stopped`);
}

function planInstances(
  program: { root: string; build: RoleBuild | null },
  environment: Environment,
  names: readonly string[],
  options: UpOptions,
): Instance[] {
  const unknown = names.find((name) => !roles.some((role) => role === name));
  if (unknown !== undefined)
    throw usageError(`there is no role "${unknown}"; there are: ${roles.join(', ')}`);
  const wanted = roles.filter((role) => names.length === 0 || names.includes(role));
  for (const role of options.instances?.keys() ?? [])
    if (!wanted.includes(role))
      throw usageError(`--instances names ${role}, which is not among the roles to run`);
  // The signer that runs beside the processor, unless another one is named.
  const places = wanted.includes('signer')
    ? { NARU_SIGNER_URL: `http://127.0.0.1:${portOf('signer', options.portBase)}` }
    : {};
  return wanted.flatMap((role) =>
    Array.from({ length: options.instances?.get(role) ?? 1 }, (_, index) => {
      const name = `${role}-${index + 1}`;
      const port = portOf(role, options.portBase) + index * PORT_STEP;
      const env = roleEnvironment(role, { ...places, ...environment }, { name, port });
      const logFile = path.resolve(options.logs, `${name}.log`);
      const ready = `http://127.0.0.1:${port}/readyz`;
      const spec = {
        name,
        cwd: process.cwd(),
        env,
        logFile,
        port,
        ready,
        ...roleCommand(role, { ...program, env }),
      };
      return { name, role, port, spec };
    }),
  );
}

function portOf(role: Role, portBase: number): number {
  return portBase + roleDefaultPorts[role] - PORT_BASE_DEFAULT;
}

/** The signer first: without it the processor is not ready. The others side by side. */
async function startAll(supervisor: Supervisor, instances: readonly Instance[]): Promise<void> {
  for (const { name, role } of instances) {
    await supervisor.start(name);
    if (role === 'signer') await supervisor.waitReady(name, READY_TIMEOUT_MS);
  }
  await Promise.all(
    instances
      .filter(({ role }) => role !== 'signer')
      .map(({ name }) => supervisor.waitReady(name, READY_TIMEOUT_MS)),
  );
}

function printReady({ output }: CliContext, instances: readonly Instance[], logs: string): void {
  output.line(`${clock()}  ${plural(instances.length, 'process', 'processes')} ready\n`);
  const rows = instances.map(({ name, port, spec }) => [name, `http://127.0.0.1:${port}`, spec.logFile]);
  output.line(
    renderTable(output.colours, [{ head: 'NAME' }, { head: 'ADDRESS' }, { head: 'LOG' }], rows, '  '),
  );
  output.line(
    `\n  Each answers /healthz, /readyz and /metrics. Logs: ${path.resolve(logs)}. Ctrl-C stops all.\n`,
  );
}

function describeEnd(event: EndedEvent): string {
  const how = `${describeExit(event)} after ${showDuration(event.uptimeMs)}`;
  return event.nextTryInMs === null
    ? `stopped (${how})`
    : `ended (${how}), next try in ${showDuration(event.nextTryInMs)}`;
}

/** Resolves at the first signal; a second one ends this process, and with it what it supervises. */
function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (isAsked) process.exit(EXIT_INTERRUPTED);
        isAsked = true;
        resolve();
      });
  });
}

function clock(): string {
  return new Date().toISOString().slice(11, 19);
}
