import { requireBackup } from '@naru/backup/backup-directory.ts';
import { openDatabase } from '@naru/db/database.ts';
import { markRestored } from '@naru/db/restore-mark.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { type RestoredCluster, restoreCluster } from '../backup/restore-cluster.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showDuration, showTime } from '../format.ts';
import { wrapText } from '../output.ts';
import { createByteProgress } from '../progress.ts';
import { requireBackupDir } from './backup.ts';

type RestoreOptions = {
  dir?: string;
  toTime?: Date;
  dataDir: string;
  timeline?: number;
  serve?: boolean;
  json?: boolean;
};

export function registerRestoreCommand(program: Command, context: CliContext): void {
  const command = program
    .command('restore')
    .summary('restore a backup into a new directory, to its newest or an earlier moment')
    .description(
      'Unpacks a backup into a new data directory, replays the archived log (all of it, or up to --to-time), and lets the server begin a history of its own. Never writes over a cluster that exists; the backup and its log stay as they are.\n\n' +
        'What is restored is older than the chain. The database is marked, and no role starts on it until  naru recover  has read from the chain what was paid since. See docs/runbooks/restore-and-recover.md.',
    )
    .argument('<id>', 'a backup of  naru backup list, or latest')
    .requiredOption(
      '--data-dir <directory>',
      'a new directory for the cluster (for the local stack: .naru/postgres)',
    )
    .option(
      '--to-time <time>',
      'the last moment whose commits are wanted, ISO 8601 with zone; default: all there is',
      parseTime,
    )
    .option('--timeline <number>', 'history to follow; default: the one that reaches furthest', parseTimeline)
    .option('--dir <directory>', 'where the backups are; default: NARU_BACKUP_DIR')
    .option(
      '--serve',
      'keep the server running until Ctrl-C, on a private socket: to recover on it, or to look',
    )
    .option('--json', 'print one JSON object; durations in milliseconds')
    .action((id: string, options: RestoreOptions) => runRestore(context, id, options));
  addExamples(command, [
    ['naru restore latest --data-dir .naru/postgres', 'the local stack after its database was lost'],
    [
      'naru restore 20260301T091233Z --to-time 2026-03-01T11:59:00Z --data-dir /srv/naru/postgres',
      'to the moment before a mistake',
    ],
  ]);
}

function parseTime(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()) || !/(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new InvalidArgumentError('It is not a time such as 2026-03-01T11:59:00Z (the zone is needed).');
  return at;
}

function parseTimeline(text: string): number {
  const timeline = Number(text);
  if (!Number.isInteger(timeline) || timeline < 1) throw new InvalidArgumentError('It is not a timeline.');
  return timeline;
}

async function runRestore(context: CliContext, id: string, options: RestoreOptions): Promise<void> {
  const { output } = context;
  const backupDir = requireBackupDir(context, options.dir);
  const entry = await requireBackup(backupDir, id);
  const progress = createByteProgress(output, 'unpacking');
  const restored = await restoreCluster({
    entry,
    backupDir,
    dataDir: options.dataDir,
    toTime: options.toTime ?? null,
    timeline: options.timeline,
    keepsArchiving: true,
    onNotice: (text) => output.note(text),
    onProgress: (doneBytes) => progress.show(doneBytes, entry.manifest.contentBytes),
  });
  progress.end();
  try {
    const from = `backup ${entry.id}, to ${options.toTime?.toISOString() ?? 'the end of the log'}`;
    await mark(restored, from);
    if (options.json === true) output.json(describe(restored, entry.id, options));
    else print(context, restored, entry.id, options);
    if (options.serve === true) await waitForSignal();
  } finally {
    await restored.server.stop();
  }
}

async function mark({ url }: RestoredCluster, from: string): Promise<void> {
  const db = openDatabase({ databaseUrl: url, applicationName: 'naru-restore', connectionsMax: 1 });
  try {
    await markRestored(db, from);
  } finally {
    await db.destroy();
  }
}

function describe(restored: RestoredCluster, id: string, options: RestoreOptions) {
  const { server, timeline, segments, lastCommitAt, unpackMs, replayMs } = restored;
  return {
    id,
    dataDir: options.dataDir,
    clusterDir: server.clusterDir,
    databaseUrl: options.serve === true ? restored.url : null,
    timeline,
    segments,
    lastCommitAt,
    unpackMs,
    replayMs,
  };
}

function print({ output }: CliContext, restored: RestoredCluster, id: string, options: RestoreOptions): void {
  const { colours } = output;
  const { lastCommitAt, segments, timeline } = restored;
  output.line(
    `${colours.green('Restored')} ${id}: unpacked in ${showDuration(restored.unpackMs)}, ${plural(segments, 'segment')} of the log on timeline ${timeline} replayed in ${showDuration(restored.replayMs)}`,
  );
  output.line(
    `  last commit   ${lastCommitAt === null ? 'none after the backup' : `${showTime(lastCommitAt)} UTC`}${restored.server.endedBeforeTarget ? ' (nothing was committed between it and the time asked for)' : ''}`,
  );
  output.line(`  cluster       ${restored.server.clusterDir}`);
  output.line(`\n${colours.bold('Next')}`);
  const serving = options.serve === true;
  const steps = [
    serving
      ? `DATABASE_URL='${restored.url}' NARU_RPC_…=… npx naru recover`
      : 'Start the server on it, and no role. The local stack: put the directory at .naru/postgres and run npm start, which waits for the next step by itself. Your own PostgreSQL 18: start it on the cluster above, with archiving as before.',
    serving
      ? 'Ctrl-C here, and start the server as usual.'
      : 'npx naru recover   reads from the chain what was paid after this moment. Until then the database believes that it was not, and no role starts on it.',
    'Start the roles: the monitor first, the api last. Then  npx naru verify.',
  ];
  for (const [index, step] of steps.entries())
    output.line(`${wrapText(`${index + 1}. ${step}`, output.width, '  ')}`);
}

function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
