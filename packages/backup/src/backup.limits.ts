/** A database that grew out of this needs a tool of its own; the manifest of the server has about 200 bytes a file. */
export const SERVER_MANIFEST_BYTES_MAX = 256 * 1024 * 1024;
/** How long the last segment of a backup may take to arrive in the archive; the server tries again every minute. */
export const ARCHIVE_WAIT_MS = 150_000;
export const ARCHIVE_POLL_MS = 100;
/** Between the server and the disk. */
export const STREAM_BUFFER_BYTES = 4 * 1024 * 1024;
/** A backup that stands still, and not one that is slow: the checkpoint before it writes for minutes on a busy server. */
export const STREAM_STALL_MS = 15 * 60_000;
/** A server that is there answers at once. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** Statements here read counters; the backup itself has no limit, since its time grows with the database. */
export const STATEMENT_TIMEOUT_MS = 30_000;
/** What a killed archive program left behind is removed when it is this old. */
export const ARCHIVE_DRAFT_AGE_MS = 60 * 60_000;

/** What the service promises: at most an hour of data is lost, and a restore is done in four hours. */
export const RECOVERY_POINT_MS = 60 * 60_000;
export const RECOVERY_TIME_MS = 4 * 60 * 60_000;
/** A backup is made every day; two hours on top for its own time and a late start. */
export const BACKUP_AGE_MAX_MS = 26 * 60 * 60_000;
export const KEEP_DAYS_DEFAULT = 30;
/** With a segment a minute at the least, more than this number waiting means that archiving does not keep up. */
export const WAITING_SEGMENTS_MAX = 5;
