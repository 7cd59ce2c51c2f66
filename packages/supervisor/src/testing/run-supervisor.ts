/** A supervisor to be killed: `node run-supervisor.ts <dir> <port>` prints the process id of its child when it is ready. */
import path from 'node:path';
import { createSupervisor } from '../supervisor.ts';

const [dir = '', port = ''] = process.argv.slice(2);
const supervisor = createSupervisor({
  processes: [
    {
      name: 'server',
      command: process.execPath,
      args: [
        path.join(import.meta.dirname, 'child.ts'),
        'serve',
        port,
        '200',
        'server',
        path.join(dir, 'order'),
      ],
      cwd: dir,
      env: {},
      logFile: path.join(dir, 'server.log'),
      ready: `http://127.0.0.1:${port}/readyz`,
    },
  ],
});
await supervisor.start('server');
await supervisor.waitReady('server', 30_000);
process.stdout.write(`${supervisor.pids()['server']}\n`);
