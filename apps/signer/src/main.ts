import { errorText } from '@naru/kit/errors.ts';
import { loadConfig } from './config.ts';
import { run } from './run.ts';

try {
  process.exitCode = await run(await loadConfig());
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}
