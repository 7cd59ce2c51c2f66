import { KEEP_DAYS_DEFAULT, RECOVERY_TIME_MS } from '@naru/backup/backup.limits.ts';
import { type BackupEntry, isGood, listBackups, requireBackup } from '@naru/backup/backup-directory.ts';
import { type BackupStatus, readBackupStatus } from '@naru/backup/backup-status.ts';
import { type BackupStep, createBackup } from '@naru/backup/create-backup.ts';
import { pruneBackups } from '@naru/backup/prune-backups.ts';
import { verifyBackup } from '@naru/backup/verify-backup.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { rehearseRestore } from '../backup/rehearse-restore.ts';
import { requireDatabaseUrl } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showCount, showDuration, showTime } from '../format.ts';
import { type Colours, renderFields, renderTable, wrapText } from '../output.ts';
import { createByteProgress } from '../progress.ts';

type DirOption = { dir?: string; json?: boolean };

const STEPS: Readonly<Record<BackupStep, string>> = {
  copy: 'copying the database',
  archive: 'waiting for its log to arrive in the archive',
  verify: 'reading the backup back',
};
const KEEP_DAYS_MAX = 3_650;

export function registerBackupCommand(program: Command, context: CliContext): void {
  const backup = program
    .command('backup')
    .summary('back up the database, look after the backups, rehearse a restore')
    .description(
      'Base backups of the PostgreSQL server, and the archive of its log from which they are rolled forward. For the server that npm start runs and for any PostgreSQL 18 whose archive_command is packages/backup/programs/archive-wal.sh. The backups of a service (RDS and others) are its own; of them only  backup status  says something.\n\n' +
        'The directory is --dir, or NARU_BACKUP_DIR, or .naru/backups of the local stack.',
    );
  registerCreate(backup, context);
  registerList(backup, context);
  registerStatus(backup, context);
  registerVerify(backup, context);
  registerRehearse(backup, context);
  registerPrune(backup, context);
}

/** With the options that all of them have. */
function addCommand(backup: Command, name: string, summary: string, description: string): Command {
  return backup
    .command(name)
    .summary(summary)
    .description(description)
    .option('--dir <directory>', 'where the backups are; default: NARU_BACKUP_DIR')
    .option('--json', 'print one JSON object; sizes in bytes, durations in milliseconds');
}

export function requireBackupDir({ config }: CliContext, given: string | undefined): string {
  const dir = given ?? config.backupDir;
  if (dir === null)
    throw usageError(
      'no backup directory: say --dir, or set NARU_BACKUP_DIR (the local stack has .naru/backups)',
    );
  return dir;
}

function registerCreate(backup: Command, context: CliContext): void {
  const command = addCommand(
    backup,
    'create',
    'make a base backup now',
    'Makes a base backup while the server goes on working. It is listed once it has been read back from the disk and compared with the manifest of the server, and the log that it needs is in the archive; interrupted before that, it leaves nothing behind that counts. The user of DATABASE_URL needs the right REPLICATION. Run it every day.',
  ).action(async (options: DirOption) => {
    const { output } = context;
    const backupDir = requireBackupDir(context, options.dir);
    const databaseUrl = requireDatabaseUrl(context);
    const startedMs = performance.now();
    let shown: BackupStep | null = null;
    const manifest = await createBackup(
      { clock: systemClock },
      {
        databaseUrl,
        backupDir,
        onProgress: (step) => {
          if (step !== shown) output.note(STEPS[step]);
          shown = step;
        },
      },
    );
    if (options.json === true) return output.json(manifest);
    output.line(
      `${output.colours.green('Backup')} ${manifest.id}: ${showBytes(manifest.contentBytes)} in ${plural(manifest.fileCount, 'file')}, ${showBytes(manifest.tarBytes)} on disk (${showDuration(performance.now() - startedMs)})`,
    );
    if (!manifest.pageChecksums)
      output.warn(
        'The server keeps no page checksums: damage on its own disk goes into the backup unnoticed.',
      );
  });
  addExamples(command, [
    ['naru backup create', 'into the configured directory'],
    ['naru backup create --dir /var/backups/naru --json', 'for a job'],
  ]);
}

function registerList(backup: Command, context: CliContext): void {
  const command = addCommand(
    backup,
    'list',
    'the backups there are',
    'Lists every finished backup, oldest first, damaged ones with the reason. Reads manifests and sizes; `backup verify` reads contents.',
  ).action(async (options: DirOption) => {
    const entries = await listBackups(requireBackupDir(context, options.dir));
    if (options.json === true)
      return context.output.json(
        entries.map(({ id, dir, manifest, problem }) => ({ id, dir, problem, manifest })),
      );
    if (entries.length === 0) return context.output.line('There is no backup yet: naru backup create');
    context.output.line(renderBackups(context.output.colours, entries));
  });
  addExamples(command, [['naru backup list', 'what there is, and whether it is whole']]);
}

function renderBackups(colours: Colours, entries: readonly BackupEntry[]): string {
  const columns = [
    { head: 'BACKUP' },
    { head: 'RESTORABLE FROM (UTC)' },
    { head: 'DATABASE', align: 'right' as const },
    { head: 'ON DISK', align: 'right' as const },
    { head: 'CLUSTER' },
    { head: '' },
  ];
  const rows = entries.map((entry) =>
    isGood(entry)
      ? [
          entry.id,
          showTime(new Date(entry.manifest.finishedAt)),
          showBytes(entry.manifest.contentBytes),
          showBytes(entry.manifest.tarBytes),
          entry.manifest.systemIdentifier,
          '',
        ]
      : [entry.id, '', '', '', '', colours.red(`damaged: ${entry.problem}`)],
  );
  return renderTable(colours, columns, rows);
}

function registerStatus(backup: Command, context: CliContext): void {
  const command = addCommand(
    backup,
    'status',
    'what could be restored now; whether archiving works',
    'Says how old the newest backup is, between which moments the database can be restored, and whether the server archives its log. Exit code 1 when something stands in the way: for a cron job or a monitor. Works while the server is down, and says what it cannot know then.',
  ).action(async (options: DirOption) => {
    const { config, output } = context;
    context.announcePlace();
    const status = await readBackupStatus(
      { clock: systemClock },
      { backupDir: options.dir ?? config.backupDir, databaseUrl: config.databaseUrl?.reveal() ?? null },
    );
    if (status.problems.length > 0) context.fail();
    if (options.json === true) return output.json(status);
    printStatus(context, status);
  });
  addExamples(command, [
    ['naru backup status', 'for a look, and for cron'],
    [
      'DATABASE_URL=postgres://… naru backup status',
      'a server of somebody else: what it says of its archiving',
    ],
  ]);
}

function printStatus({ output }: CliContext, status: BackupStatus): void {
  const { colours } = output;
  const { archiver, newest } = status;
  const moment = (at: Date | null) => (at === null ? 'none' : `${showTime(at)} UTC`);
  output.line(
    renderFields(colours, [
      [
        'backups',
        status.backupDir === null ? 'unknown: no directory is configured' : showCount(status.backups),
      ],
      newest === null ? null : ['newest', `${newest.id}, ${showDuration(newest.ageMs)} old`],
      status.backupDir === null ? null : ['restorable from', moment(status.oldestRestorable)],
      status.backupDir === null ? null : ['restorable to', moment(status.newestRestorable)],
      ['archiving', archiver === null ? 'unknown: the server was not asked' : archiver.archiveMode],
      archiver === null
        ? null
        : [
            'log archived',
            archiver.lastArchivedAt === null
              ? 'nothing yet'
              : `${archiver.lastArchivedName} at ${moment(archiver.lastArchivedAt)}`,
          ],
      archiver === null
        ? null
        : [
            'log waiting',
            archiver.waiting === null ? 'unknown (needs pg_monitor)' : plural(archiver.waiting, 'segment'),
          ],
      archiver === null ? null : ['failures', showCount(archiver.failed)],
    ]),
  );
  output.line();
  if (status.problems.length === 0) output.line(colours.green('Nothing stands in the way of a restore.'));
  for (const { text } of status.problems) output.line(colours.red(wrapText(text, output.width)));
}

function registerVerify(backup: Command, context: CliContext): void {
  const command = addCommand(
    backup,
    'verify',
    'read a backup and its log from end to end',
    'Reads a backup from the first byte to the last and compares each file with the SHA-256 in the manifest that the server sent; then every segment of the log that would be replayed: none missing, none damaged, none of another server. Exit code 1 when something is wrong.',
  )
    .argument('<id>', 'a backup of  naru backup list, or latest')
    .action(async (id: string, options: DirOption) => {
      const { output } = context;
      const progress = createByteProgress(output, `reading ${id}`);
      const entry = await requireBackup(requireBackupDir(context, options.dir), id);
      const report = await verifyBackup(entry, {
        onProgress: (doneBytes) => progress.show(doneBytes, entry.manifest.contentBytes),
      });
      progress.end();
      if (!report.ok) context.fail();
      if (options.json === true) return output.json(report);
      for (const problem of report.problems) output.line(output.colours.red(problem));
      output.line(
        report.ok
          ? `${output.colours.green('Whole:')} ${report.id}, ${plural(report.fileCount, 'file')} (${showBytes(report.contentBytes)}) and ${plural(report.segments, 'segment')} of the log on timeline ${report.timeline}; restorable to ${report.newestRestorable === null ? 'its own end' : `${showTime(report.newestRestorable)} UTC`}`
          : output.colours.red(`Damaged: ${report.id}. Keep it, and make a new one now.`),
      );
    });
  addExamples(command, [
    ['naru backup verify latest', 'the newest one'],
    ['naru backup verify 20260301T091233Z --json', 'one of them, for a program'],
  ]);
}

function registerRehearse(backup: Command, context: CliContext): void {
  const command = addCommand(
    backup,
    'rehearse',
    'restore a backup aside, prove its books, throw it away',
    'Restores a backup into a temporary directory beside the backups, replays all of the archived log, starts the server on a private socket, proves the ledger and the reservations, and removes it all again. Prints how long each part took: what a restore in earnest would take on this machine. The server in service and its archive are not touched; it needs disk space for one more copy of the database. Run it every month.',
  )
    .argument('[id]', 'a backup of  naru backup list', 'latest')
    .action(async (id: string, options: DirOption) => {
      const { output } = context;
      const backupDir = requireBackupDir(context, options.dir);
      const entry = await requireBackup(backupDir, id);
      const progress = createByteProgress(output, 'unpacking');
      const report = await rehearseRestore(entry, {
        backupDir,
        onNotice: (text) => output.note(text),
        onProgress: (doneBytes) => progress.show(doneBytes, entry.manifest.contentBytes),
      });
      progress.end();
      if (!report.ok) context.fail();
      if (options.json === true) return output.json(report);
      output.line(
        renderFields(output.colours, [
          ['backup', report.id],
          ['unpacked in', `${showDuration(report.unpackMs)} (${showBytes(entry.manifest.contentBytes)})`],
          [
            'replayed in',
            `${showDuration(report.replayMs)} (${plural(report.segments, 'segment')} on timeline ${report.timeline})`,
          ],
          [
            'last commit',
            report.lastCommitAt === null ? 'none after the backup' : `${showTime(report.lastCommitAt)} UTC`,
          ],
          ['checked in', showDuration(report.checkMs)],
          ['in all', `${showDuration(report.totalMs)} of ${showDuration(RECOVERY_TIME_MS)} allowed`],
        ]),
      );
      output.line();
      for (const problem of report.problems) output.line(output.colours.red(problem));
      output.line(
        report.ok
          ? output.colours.green('The restored books hold.')
          : output.colours.red(
              'The restored books do not hold: see above, and run  naru verify  on the database in service.',
            ),
      );
    });
  addExamples(command, [['naru backup rehearse', 'the newest backup, with all of the log after it']]);
}

function registerPrune(backup: Command, context: CliContext): void {
  const command = addCommand(
    backup,
    'prune',
    'remove what is older than needed',
    'Removes backups and log that no restore to a moment of the last days needs. The newest backup older than that stays, because the first of those days is rolled forward from it; the newest good backup stays in any case, and so does all log that the remaining backups need.',
  )
    .option(
      '--keep-days <number>',
      'days to which the database can be restored',
      parseDays,
      KEEP_DAYS_DEFAULT,
    )
    .option('--dry-run', 'only say what would be removed')
    .action(async (options: DirOption & { keepDays: number; dryRun?: boolean }) => {
      const { output } = context;
      const report = await pruneBackups(
        { clock: systemClock },
        {
          backupDir: requireBackupDir(context, options.dir),
          keepDays: options.keepDays,
          dryRun: options.dryRun === true,
        },
      );
      if (options.json === true) return output.json(report);
      const verb = options.dryRun === true ? 'Would remove' : 'Removed';
      output.line(
        `${verb} ${plural(report.removed.length, 'backup')} and ${plural(report.segmentsRemoved, 'segment')} of the log; ${plural(report.kept.length, 'backup')} kept.`,
      );
    });
  addExamples(command, [
    ['naru backup prune --keep-days 30', 'what the daily job does'],
    ['naru backup prune --keep-days 7 --dry-run', 'what a shorter time would save'],
  ]);
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > KEEP_DAYS_MAX)
    throw new InvalidArgumentError(`It is not a number of days from 1 to ${KEEP_DAYS_MAX}.`);
  return days;
}

export function showBytes(bytes: number): string {
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
