import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** A throw-away chain for tests: Anvil on a free port, chain id 31337, ten funded accounts it signs for. */
export type TestChain = { url: string; pid: number; stop(): Promise<void> };

const START_TIMEOUT_MS = 30_000;

/** `args` are added to the command line, for instance `['--no-mining']`. */
export async function startAnvil(args: readonly string[] = []): Promise<TestChain> {
  const launcher = createRequire(import.meta.url).resolve('@foundry-rs/anvil/bin.mjs');
  // The launcher is shared by Foundry's programs and reads from TARGET_TOOL which of them it is.
  const child = spawn(process.execPath, [launcher, '--port', '0', ...args], {
    env: { TARGET_TOOL: 'anvil' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const kill = () => child.kill('SIGTERM');
  process.once('exit', kill); // a test that ends without stopping it leaves nothing behind
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      kill();
      reject(new Error(`Anvil did not start within ${START_TIMEOUT_MS} ms`));
    }, START_TIMEOUT_MS);
    let output = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Anvil ended with code ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const address = /Listening on (\S+)/.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(`http://${address}`);
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}
