import type { Command } from 'commander';
import { startDev } from './dev.ts';
import { createTerminal } from './terminal.ts';

/** How long stopping may take before a second Ctrl-C is the better way out: the chain saves its state meanwhile. */
const STOPPING = 'Stopping (Ctrl-C again to stop at once) …';

export type DevCommandContext = {
  /** The project's root. */
  root: string;
  databaseUrl: string | null;
  rpcUrls: readonly string[];
  /** Null: `.naru/backups`. */
  backupDir: string | null;
  path: string;
};

/** `naru dev`, what `npm start` runs. */
export function registerDevCommand(program: Command, context: DevCommandContext): void {
  program
    .command('dev')
    .description(
      'boot the whole system on this machine: database, chain, contracts, every role; pay a sample file',
    )
    .option('--fresh', 'begin anew: remove the database, its backups, chain and keys in .naru/', false)
    .option('--no-demo', 'do not submit examples/payouts.csv on the first boot')
    .addHelpText(
      'after',
      `
Environment:
  DATABASE_URL          use this PostgreSQL instead of starting one
  NARU_RPC_LOCALHOST    use this chain 31337 instead of starting Anvil (one or more URLs, separated by commas)
  NARU_BACKUP_DIR       keep the archived log and the backups there, not in .naru/backups

Examples:
  npm start                      boot, or go on where the last run stopped
  npm start -- --fresh           begin anew
  npm start -- --no-demo         boot without the sample payouts`,
    )
    .action(async (options: { fresh: boolean; demo: boolean }) => {
      const terminal = createTerminal(process.stdout);
      let interrupted = false;
      let resolveInterrupt: () => void = () => undefined;
      const interrupt = new Promise<void>((resolve) => {
        resolveInterrupt = resolve;
      });
      const onSignal = () => {
        if (interrupted) process.exit(130);
        interrupted = true;
        terminal.settle();
        terminal.line(`\n${STOPPING}`);
        resolveInterrupt();
      };
      process.on('SIGINT', onSignal);
      process.on('SIGTERM', onSignal);
      const starting = startDev({ ...context, ...options }, terminal);
      await Promise.race([starting, interrupt]);
      // Interrupted while booting: what has been started by then is stopped as soon as the step under way ends.
      const running = await starting;
      await interrupt;
      await running.stop();
      terminal.line('Stopped. npm start goes on from here.');
      process.exit(0);
    });
}
