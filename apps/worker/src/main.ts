import path from 'node:path';
import { errorText } from '@naru/kit/errors.ts';
import { type Config, parseConfig } from './config.ts';
import { run } from './run.ts';

/** Exit code for a configuration or a database that an operator must put right: restarting will not help. */
const EXIT_NOT_STARTED = 1;

try {
  const starting = start(parseConfig(process.env));
  let stopping = false;
  // From the first moment: a worker that is stopped while it starts ends in the usual way as soon as it has started.
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await (await starting).stop();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  await starting;
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(EXIT_NOT_STARTED);
}

async function start(config: Config) {
  if (config.roles.includes('jobs')) await loadJobQueue();
  return await run(config);
}

/**
 * graphile-worker looks for a file of settings when it is loaded, from the working directory up to the home directory.
 * Under Node's permission model that search would end the process, and without it run whatever lies there. So for that
 * moment both are a directory of ours, and it finds nothing. (Going there would not do: the model forbids the way back.)
 */
async function loadJobQueue(): Promise<void> {
  const { cwd } = process;
  const home = process.env['HOME'];
  const own = path.dirname(import.meta.dirname);
  process.cwd = () => own;
  process.env['HOME'] = own;
  try {
    await import('graphile-worker');
  } finally {
    process.cwd = cwd;
    if (home === undefined) delete process.env['HOME'];
    else process.env['HOME'] = home;
  }
}
