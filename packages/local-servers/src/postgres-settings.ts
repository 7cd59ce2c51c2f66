/** `durable`: keeps what it committed through a crash of the machine. `test`: fast, loses data when the machine crashes. */
export type PostgresTuning = 'durable' | 'test';

const COMMON: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // socket paths have a length limit of 107 bytes, which a deep clone exceeds
  max_connections: '200',
  jit: 'off', // compiling costs more than it saves on statements of some milliseconds
  logging_collector: 'off', // the log is the file we opened
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] %q%a ',
  log_timezone: 'UTC',
  timezone: 'UTC',
  shared_preload_libraries: '',
};

const SETTINGS: Record<PostgresTuning, Record<string, string>> = {
  durable: {
    ...COMMON,
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    shared_buffers: '256MB',
    effective_cache_size: '1GB',
    random_page_cost: '1.1', // solid-state disks
    wal_level: 'replica',
    wal_buffers: '16MB',
    min_wal_size: '256MB',
    wal_init_zero: 'off', // a new file of the log is not written twice: commits waited 100 ms for each
    max_wal_size: '2GB', // fewer checkpoints, so fewer full pages in the log while a backlog is worked off
    checkpoint_timeout: '10min',
    autovacuum_naptime: '15s', // rows that serve as a queue die fast
    log_lock_waits: 'on',
  },
  test: {
    ...COMMON,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '64MB',
    wal_level: 'minimal',
    max_wal_senders: '0', // required by wal_level=minimal
    min_wal_size: '64MB',
    max_wal_size: '1GB',
    log_checkpoints: 'off',
  },
};

/** What archiving needs besides its command. */
const ARCHIVING: Record<string, string> = {
  wal_level: 'replica',
  max_wal_senders: '10', // one for a base backup; the others cost nothing
  archive_mode: 'on',
};

/** Command-line arguments of `postgres`. They win over every file, so the settings are the same at each start. */
export function postgresArguments(options: {
  clusterDir: string;
  port: number;
  tuning: PostgresTuning;
  archive?: ArchiveSettings | null;
}): string[] {
  const settings = { ...SETTINGS[options.tuning], ...archiveSettings(options.archive ?? null) };
  return ['-D', options.clusterDir, '-p', String(options.port), ...asArguments(settings)];
}

export type ArchiveSettings = { command: string; timeoutSeconds: number };

export function archiveSettings(archive: ArchiveSettings | null): Record<string, string> {
  if (archive === null) return {};
  return {
    ...ARCHIVING,
    archive_command: archive.command,
    archive_timeout: `${archive.timeoutSeconds}s`,
  };
}

export function asArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * For a cluster whose files come from a base backup. Connections are refused until recovery has ended (no hot standby),
 * so "ready" means that all of the log was replayed; only a socket in a folder of our own is listened on, so whoever may
 * enter that folder needs no password.
 */
export function restoreArguments(options: {
  clusterDir: string;
  socketDir: string;
  accessFile: string;
  restoreCommand: string;
  timeline: number;
  targetTime: Date | null;
  archive: ArchiveSettings | null;
}): string[] {
  const settings: Record<string, string> = {
    ...SETTINGS.durable,
    listen_addresses: '',
    unix_socket_directories: options.socketDir,
    hba_file: options.accessFile,
    hot_standby: 'off',
    restore_command: options.restoreCommand,
    recovery_target_timeline: String(options.timeline),
    recovery_target_action: 'promote',
    archive_mode: 'off',
    ...archiveSettings(options.archive),
  };
  // "Z" is not understood at this point of the start, before time zones are loaded.
  if (options.targetTime !== null)
    settings['recovery_target_time'] = options.targetTime.toISOString().replace('Z', '+00');
  return ['-D', options.clusterDir, ...asArguments(settings)];
}
