import { errorText } from '@naru/kit/errors.ts';
import { createLogger } from '@naru/kit/logger.ts';
import { type Config, readConfig } from './config.ts';
import { run } from './run.ts';

function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(1);
  }
}

const config = configOrExit();
const log = createLogger({ role: 'console', level: config.logLevel });
try {
  const server = await run(config, log);
  const stop = () => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ reason: errorText(error) }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.stderr.write(`the console cannot start: ${errorText(error)}\n`);
  process.exit(1);
}
