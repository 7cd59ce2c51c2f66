import { errorText } from '@naru/kit/errors.ts';
import { createLogger } from '@naru/kit/logger.ts';
import { type Config, readConfig } from './config.ts';
import { createLogDestination } from './log-destination.ts';
import { run } from './run.ts';
import { stopOnSignal } from './stop-on-signal.ts';

function configOrExit(): Config {
  try {
    return readConfig();
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(1);
  }
}

const config = configOrExit();
const destination = createLogDestination();
const log = createLogger({ role: 'api', level: config.logLevel }, destination);
try {
  stopOnSignal(await run(config, log), log, (done) => destination.flush(done));
} catch (error) {
  process.stderr.write(`the api cannot start: ${errorText(error)}\n`);
  process.exit(1);
}
