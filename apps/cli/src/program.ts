import { readRpcUrls } from '@naru/core/chain/chain-environment.ts';
import { Command } from 'commander';
import { registerAccountsCommand } from './commands/accounts.ts';
import { registerAddressesCommand } from './commands/addresses.ts';
import { registerAlarmsCommand } from './commands/alarms.ts';
import { registerAssetsCommand } from './commands/assets.ts';
import { registerAuditCommand } from './commands/audit.ts';
import { registerBackupCommand } from './commands/backup.ts';
import { registerBlockedCommand } from './commands/blocked.ts';
import { registerChainsCommand } from './commands/chains.ts';
import { registerConsoleCommand } from './commands/console.ts';
import { registerDeadLettersCommand } from './commands/dead-letters.ts';
import { registerDepositsCommand } from './commands/deposits.ts';
import { registerEventsCommand } from './commands/events.ts';
import { registerFeesCommand } from './commands/fees.ts';
import { registerInspectCommand } from './commands/inspect.ts';
import { registerKeysCommand } from './commands/keys.ts';
import { keyActionRecorder } from './commands/keys-audit.ts';
import { registerListenCommand } from './commands/listen.ts';
import { registerMigrateCommand } from './commands/migrate.ts';
import { registerOwnersCommand } from './commands/owners.ts';
import { registerPeopleCommand } from './commands/people.ts';
import { registerPoliciesCommand } from './commands/policies.ts';
import { registerQueuesCommand } from './commands/queues.ts';
import { registerRatesCommand } from './commands/rates.ts';
import { registerRecoverCommand } from './commands/recover.ts';
import { registerReservesCommand } from './commands/reserves.ts';
import { registerRestoreCommand } from './commands/restore.ts';
import { registerReviewsCommand } from './commands/reviews.ts';
import { registerSettingsCommand } from './commands/settings.ts';
import { registerSubmitCommand } from './commands/submit.ts';
import { registerTiersCommand } from './commands/tiers.ts';
import { registerTreasuryCommand } from './commands/treasury.ts';
import { registerUpCommand } from './commands/up.ts';
import { registerVerifyCommand } from './commands/verify.ts';
import { registerWebhooksCommand } from './commands/webhooks.ts';
import type { CliContext } from './context.ts';
import { registerDevCommand } from './dev/dev-command.ts';
import { addExamples } from './examples.ts';

/** Exit codes and places, the same for every command. */
const FOOTER = `
Where it works:
  DATABASE_URL                  the database (all commands but those below, and keys)
  NARU_API_URL, NARU_API_KEY    the public API (submit, reviews, dead-letters, events, listen, webhooks)
  NARU_BACKUP_DIR               where backups are (backup and restore)
  NARU_RPC_<CHAIN>              nodes of a chain, e.g. NARU_RPC_POLYGON=https://…,https://…
  With none of them set, the local stack in .naru/dev.json is used (npm start makes one).

Exit codes: 0 done; 1 it did not work, or something does not hold; 2 the command line is wrong.`;

/** The whole command line. Every failure is thrown: main turns it into a sentence and an exit code. */
export function createProgram(context: CliContext): Command {
  const program = new Command('naru')
    .description('Runs and looks after Naru, which pays crypto withdrawals on EVM chains exactly once.')
    .exitOverride()
    .option('--debug', 'show the stack trace of an error')
    .showHelpAfterError('(add --help to see what the command takes)')
    .helpCommand(false)
    .addHelpText('after', FOOTER);
  addExamples(program, [
    ['naru submit payouts.csv', 'pay a file of withdrawals and watch it to the end'],
    ['naru inspect wd_01kjr3q8c6e7rvt0xx0n3m7d5b', 'what happened to a withdrawal, and what to do now'],
  ]);
  registerSubmitCommand(program, context);
  registerInspectCommand(program, context);
  registerReviewsCommand(program, context);
  registerEventsCommand(program, context);
  registerListenCommand(program, context);
  registerWebhooksCommand(program, context);
  registerDeadLettersCommand(program, context);
  registerVerifyCommand(program, context);
  registerAlarmsCommand(program, context);
  registerAuditCommand(program, context);
  registerAccountsCommand(program, context);
  registerAssetsCommand(program, context);
  registerChainsCommand(program, context);
  registerSettingsCommand(program, context);
  registerFeesCommand(program, context);
  registerDepositsCommand(program, context);
  registerReservesCommand(program, context);
  registerPoliciesCommand(program, context);
  registerTiersCommand(program, context);
  registerAddressesCommand(program, context);
  registerBlockedCommand(program, context);
  registerRatesCommand(program, context);
  registerTreasuryCommand(program, context);
  registerOwnersCommand(program, context);
  registerPeopleCommand(program, context);
  registerKeys(program, context);
  registerMigrateCommand(program, context);
  registerQueuesCommand(program, context);
  registerUpCommand(program, context);
  registerConsoleCommand(program, context);
  registerBackupCommand(program, context);
  registerRestoreCommand(program, context);
  registerRecoverCommand(program, context);
  registerDev(program, context);
  acceptDebugEverywhere(program);
  return program;
}

/** A stack that is booted does not look at one that was: only what the environment itself says counts. */
function registerDev(program: Command, { config }: CliContext): void {
  const isGiven = config.localStackFile === null;
  registerDevCommand(program, {
    root: config.root,
    databaseUrl: isGiven ? (config.databaseUrl?.reveal() ?? null) : null,
    rpcUrls: isGiven ? (readRpcUrls(config.environment).urls.get('localhost') ?? []) : [],
    backupDir: config.environment['NARU_BACKUP_DIR'] || null,
    path: config.environment['PATH'] ?? '',
  });
}

function registerKeys(program: Command, context: CliContext): void {
  const { config } = context;
  registerKeysCommand(
    program,
    { keystoreDir: config.keystoreDir, masterKey: config.masterKey, environment: config.environment },
    { input: process.stdin, output: process.stdout },
    keyActionRecorder(context),
  );
  const keys = program.commands.find((command) => command.name() === 'keys');
  const examples: Record<string, readonly (readonly [string, string])[]> = {
    create: [
      ['naru keys create --keystore /etc/naru/keys --master /etc/naru/master.key', 'the first key'],
      ['naru keys create --label "hot 2"', 'one more, with the places in NARU_KEYSTORE_DIR and …'],
    ],
    import: [
      ['pass show hot-1 | naru keys import --stdin --label "hot 1"', 'from a password store'],
      ['naru keys import --file key.txt && shred -u key.txt', 'from a file that is destroyed afterwards'],
    ],
    generate: [
      ['naru keys generate kms --alias alias/naru-hot-3 --label "hot 3"', 'in AWS KMS (NARU_KEY_AWS_…)'],
      ['naru keys generate pkcs11 --label "hot 4"', 'in the HSM of NARU_PKCS11_…'],
    ],
    list: [
      ['naru keys list', 'addresses, labels and master keys'],
      ['naru keys list --json', 'the same for a program'],
    ],
    'rotate-master': [
      ['naru keys rotate-master --new /etc/naru/master-2.key', 'put all keys under a new master key'],
      ['naru keys rotate-master --new kms:alias/naru-master', 'one that AWS KMS keeps'],
      ['naru keys rotate-master --new /etc/naru/master-2.key --json', 'the same for a program'],
    ],
  };
  for (const command of keys?.commands ?? []) addExamples(command, examples[command.name()] ?? []);
}

/** `naru verify --debug` is what people type; main looks for the word itself. */
function acceptDebugEverywhere(program: Command): void {
  for (const command of program.commands) {
    command.option('--debug', 'show the stack trace of an error');
    acceptDebugEverywhere(command);
  }
}
