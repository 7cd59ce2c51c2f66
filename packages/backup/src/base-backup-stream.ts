import { Readable } from 'node:stream';
import { assert } from '@naru/kit/assert.ts';
import type pg from 'pg';
import { STREAM_BUFFER_BYTES, STREAM_STALL_MS } from './backup.limits.ts';

/** Where the log stands: a position in it, such as `0/2000028`, and the history that it belongs to. */
export type WalPosition = { lsn: string; timeline: number };

export type BaseBackupStream = {
  /** The tar file of the data directory. Fails when the server does. */
  readonly tar: Readable;
  /** Known once `tar` has ended. */
  result(): Promise<{ start: WalPosition; stop: WalPosition; serverManifest: Buffer }>;
};

const NEW_ARCHIVE = 'n';
const MANIFEST = 'm';
const DATA = 'd';
const PROGRESS = 'p';

/**
 * Asks for a base backup over a connection in replication mode, as pg_basebackup does: the server itself begins and ends
 * backup mode (also when this connection is lost), leaves out what must be left out, verifies the checksum of each page
 * that it sends, and adds a manifest with the SHA-256 of each file. The log is not part of it: the archive has it.
 * Source: PostgreSQL 18, 54.4, Streaming Replication Protocol, BASE_BACKUP.
 */
export function startBaseBackup(
  client: pg.Client,
  options: { label: string; onProgress?: (doneBytes: number) => void },
): BaseBackupStream {
  const socket = (client as unknown as { connection: { stream: NodeJS.ReadStream } }).connection.stream;
  const tar = new Readable({
    highWaterMark: STREAM_BUFFER_BYTES,
    read: () => void socket.resume(),
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined); // whoever reads `tar` hears of it first
  const results: (string | null)[][][] = [];
  const manifest: Buffer[] = [];
  let receiving: 'nothing' | 'tar' | 'manifest' = 'nothing';
  let failure: Error | null = null;

  const receive = (chunk: Buffer) => {
    const kind = String.fromCharCode(chunk[0] ?? 0);
    // The parser uses its memory again, so what is kept is copied.
    const content = Buffer.from(chunk.subarray(1));
    stall.refresh();
    if (kind === NEW_ARCHIVE) {
      assert(receiving === 'nothing', 'the server sends more than one archive: it has tablespaces');
      receiving = 'tar';
    } else if (kind === MANIFEST) {
      receiving = 'manifest';
      tar.push(null);
      socket.resume(); // nobody reads a stream that has ended, so nobody else would
    } else if (kind === PROGRESS) options.onProgress?.(Number(content.readBigInt64BE()));
    else {
      assert(kind === DATA && receiving !== 'nothing', `the server sent a message of kind "${kind}"`);
      if (receiving === 'manifest') manifest.push(content);
      else if (!tar.push(content)) socket.pause();
    }
  };
  const fail = (error: Error) => {
    failure ??= error;
    clearTimeout(stall);
    tar.destroy(failure);
    reject(failure);
  };
  const stall = setTimeout(
    () =>
      fail(new Error(`the server has sent nothing of the backup for ${STREAM_STALL_MS / 60_000} minutes`)),
    STREAM_STALL_MS,
  );
  // What pg calls while the answer arrives; see its Submittable.
  client.query({
    submit: (connection: pg.Connection) => connection.query(commandOf(options.label)),
    handleRowDescription: () => void results.push([]),
    handleDataRow: ({ fields }: { fields: (string | null)[] }) => void results.at(-1)?.push(fields),
    handleCopyData: ({ chunk }: { chunk: Buffer }) => {
      if (failure !== null) return;
      try {
        receive(chunk);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    },
    handleCommandComplete: () => undefined,
    handleError: fail,
    handleReadyForQuery: () => {
      clearTimeout(stall);
      if (failure === null) resolve();
    },
  } as unknown as pg.Submittable);

  return {
    tar,
    async result() {
      await promise;
      return {
        start: positionIn(results.at(0)?.[0]),
        stop: positionIn(results.at(-1)?.[0]),
        serverManifest: Buffer.concat(manifest),
      };
    },
  };
}

function commandOf(label: string): string {
  assert(/^[\w :-]+$/.test(label), 'a label that needs no quoting');
  // CHECKPOINT fast: a spread one takes minutes. WAIT false: we look ourselves whether the log has arrived in the archive.
  return `BASE_BACKUP (LABEL '${label}', CHECKPOINT 'fast', PROGRESS true, WAL false, WAIT false, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256', VERIFY_CHECKSUMS true)`;
}

function positionIn(row: (string | Buffer | null)[] | undefined): WalPosition {
  const [lsn, timeline] = (row ?? []).map((field) => (field === null ? '' : field.toString()));
  assert(/^[0-9A-F]+\/[0-9A-F]+$/.test(lsn ?? ''), 'the server says where in its log the backup is');
  return { lsn: lsn ?? '', timeline: Number(timeline) };
}
