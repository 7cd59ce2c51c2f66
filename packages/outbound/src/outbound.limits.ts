/** Ports that are called outside of local networks: those of HTTPS. Others are those of databases and control panels. */
export const PORTS_ALLOWED: ReadonlySet<string> = new Set(['', '443', '8443']);
/** Characters of an address. */
export const URL_LENGTH_MAX = 2_000;
/** To look a name up, connect and agree on keys. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Connections to one host: as many as one receiver gets tries at once. */
export const CONNECTIONS_PER_HOST_MAX = 64;
/** A connection that is not used for so long is closed; below what usual servers keep one open for (60 s). */
export const KEEP_ALIVE_MS = 30_000;
/** Of an answer, what is kept. */
export const BODY_BYTES_KEPT = 1_024;
/** Of an answer, what is read to its end, so that the connection can be used again. A longer one ends it. */
export const BODY_BYTES_READ = 64 * 1_024;
/** Names and values of an answer's headers, what is kept. */
export const HEADER_CHARACTERS_KEPT = 4_096;
/** Hosts whose last address is remembered, for the log of tries. */
export const ADDRESSES_MAX = 10_000;
