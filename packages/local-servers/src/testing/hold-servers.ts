/**
 * Starts both servers in a directory and prints their process ids: `node hold-servers.ts <dir> [exit]`.
 * Then it waits to be killed, or with `exit` ends without stopping them.
 */
import path from 'node:path';
import { startAnvil } from '../anvil.ts';
import { startLocalPostgres } from '../postgres.ts';

const [dir = '', ending] = process.argv.slice(2);
const postgres = await startLocalPostgres({
  dataDir: path.join(dir, 'postgres'),
  password: 'naru',
  database: 'naru',
  tuning: 'test',
  logFile: path.join(dir, 'postgres.log'),
});
const anvil = await startAnvil({
  stateFile: path.join(dir, 'chain.json'),
  logFile: path.join(dir, 'anvil.log'),
});
process.stdout.write(`${JSON.stringify({ postgres: postgres.pid, anvil: anvil.pid, rpcUrl: anvil.url })}\n`);
if (ending === 'exit') process.exit(0);
setInterval(() => {}, 60_000);
