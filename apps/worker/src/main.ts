import { errorText } from '@naru/kit/errors.ts';
import { parseConfig } from './config.ts';
import { run } from './run.ts';

/** Exit code for a configuration or a database that an operator must put right: restarting will not help. */
const EXIT_NOT_STARTED = 1;

try {
  const starting = run(parseConfig(process.env));
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
