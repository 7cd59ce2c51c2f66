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

/** Command-line arguments of `postgres`. They win over every file, so the settings are the same at each start. */
export function postgresArguments(options: {
  clusterDir: string;
  port: number;
  tuning: PostgresTuning;
}): string[] {
  const settings = Object.entries(SETTINGS[options.tuning]).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  return ['-D', options.clusterDir, '-p', String(options.port), ...settings];
}
