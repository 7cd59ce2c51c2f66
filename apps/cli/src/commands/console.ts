import { spawn } from 'node:child_process';
import { CodedError } from '@naru/kit/errors.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { buildConsole } from '../console-build.ts';
import { CONSOLE_PORT_DEFAULT, consoleCommand } from '../console-process.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';

type ConsoleOptions = { apiUrl: string; port: number; host: string; buildOnly?: true };

export function registerConsoleCommand(program: Command, context: CliContext): void {
  const command = program
    .command('console')
    .summary("serve the operators' console")
    .description(
      "Builds the pages of the operators' console where they are not built yet (about ten seconds), and serves them until Ctrl-C. Calls go to the API under the same origin; the console itself holds no key and no database.\n\n" +
        'The API must know where people have the console open: NARU_CONSOLE_URL and NARU_AUTH_SECRET_FILE, and NARU_TRUST_PROXY with the address of this server (docs/people.md). In front of it stands whatever ends TLS.',
    )
    .option('--api-url <url>', 'where the API listens', 'http://127.0.0.1:3000')
    .option('--port <number>', 'where to listen', parsePort, CONSOLE_PORT_DEFAULT)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--build-only', 'build the pages, say where they are, and end')
    .action((options: ConsoleOptions) => runConsole(context, options));
  addExamples(command, [
    ['naru console', 'at http://localhost:4000, for an API on this machine'],
    ['naru console --api-url http://10.0.0.5:3000 --port 8080', 'for an API elsewhere'],
    ['naru console --build-only', 'for a server of your own that shows the files'],
  ]);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It is not a port from 1 to 65535.');
  return port;
}

async function runConsole(context: CliContext, options: ConsoleOptions): Promise<void> {
  const { config, output } = context;
  const searchPath = config.environment['PATH'] ?? '';
  const dir = await buildConsole(config.root, searchPath);
  if (options.buildOnly === true) {
    output.line(dir);
    return;
  }
  const { command, args, env } = consoleCommand({ root: config.root, dir, ...options });
  const child = spawn(command, args, {
    cwd: config.root,
    env: { PATH: searchPath, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  output.line(`The console is at http://localhost:${options.port}; Ctrl-C ends it.`);
  const stop = () => child.kill('SIGTERM');
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new CodedError('console_ended', `the console ended with exit code ${code}`);
}
