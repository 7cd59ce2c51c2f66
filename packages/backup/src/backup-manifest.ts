import { z } from 'zod';

/** What is known of a finished backup: `manifest.json` in its directory. */
const schema = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  /** The cluster, as PostgreSQL tells clusters apart. */
  systemIdentifier: z.string(),
  postgresVersion: z.string(),
  /** The user and the database that it was made through; in a restored cluster they exist. */
  user: z.string(),
  database: z.string(),
  startedAt: z.iso.datetime(),
  /** By the server's clock. The cluster can be restored to this moment or a later one, not to an earlier. */
  finishedAt: z.iso.datetime(),
  timeline: z.int().positive(),
  startLsn: z.string(),
  stopLsn: z.string(),
  segmentBytes: z.int().positive(),
  /** Without all segments from the first to the last the backup is worth nothing. */
  firstSegment: z.string(),
  lastSegment: z.string(),
  pageChecksums: z.boolean(),
  fileCount: z.int(),
  contentBytes: z.int(),
  tarBytes: z.int(),
  tarSha256: z.string(),
  serverManifestSha256: z.string(),
});
export type BackupManifest = z.output<typeof schema>;

export function parseBackupManifest(text: string): BackupManifest {
  return schema.parse(JSON.parse(text));
}

const serverSchema = z.object({
  'PostgreSQL-Backup-Manifest-Version': z.literal(2),
  Files: z.array(
    z.object({
      Path: z.string().optional(),
      'Encoded-Path': z.string().optional(),
      Size: z.int(),
      'Checksum-Algorithm': z.literal('SHA256'),
      Checksum: z.string(),
    }),
  ),
});

/** The files of a backup as the server that sent them described them: size and SHA-256, by path. */
export function parseServerManifest(text: string): Map<string, { sizeBytes: number; sha256: string }> {
  const files = new Map<string, { sizeBytes: number; sha256: string }>();
  for (const file of serverSchema.parse(JSON.parse(text)).Files) {
    const path = file.Path ?? Buffer.from(file['Encoded-Path'] ?? '', 'hex').toString('utf8');
    files.set(path, { sizeBytes: file.Size, sha256: file.Checksum });
  }
  return files;
}
