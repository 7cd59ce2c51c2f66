/** Programs to supervise, by their first argument. */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { exitWhenSupervisorDies } from '../exit-when-supervisor-dies.ts';

const [mode = '', ...args] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Answers every request with a status and a body; notes its name in a file when it is stopped. */
function serve(port: string, status: string, name: string, orderFile: string): void {
  exitWhenSupervisorDies();
  const server = createServer((_request, response) => {
    response.writeHead(Number(status));
    response.end(`{"checks":{"database":"${status === '200' ? 'ok' : 'no connection'}"}}`);
  });
  server.listen(Number(port), '127.0.0.1', () => say(`${name} listens`));
  process.on('SIGTERM', () => {
    appendFileSync(orderFile, `${name}\n`);
    process.exit(0);
  });
}

/** Ignores SIGTERM, and has a child that does, too. */
function stubborn(): void {
  process.on('SIGTERM', () => say('no'));
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const grandchild = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
  say(`grandchild ${grandchild.pid}`);
  setInterval(() => {}, 1_000);
}

function crash(): void {
  say('about to crash');
  process.stderr.write('the last words\n');
  process.exitCode = 3;
}

/** Has nothing to do once it watches its supervisor, so it must end by itself. */
function finish(): void {
  exitWhenSupervisorDies();
  say('done');
}

if (mode === 'serve') serve(args[0] ?? '0', args[1] ?? '200', args[2] ?? '', args[3] ?? '');
else if (mode === 'stubborn') stubborn();
else if (mode === 'crash') crash();
else finish();
