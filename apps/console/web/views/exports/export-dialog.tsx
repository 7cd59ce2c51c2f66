import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Progress } from '@naru/ui/meter.tsx';
import type { ExportFileBody } from '@naru/wire/export.ts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { common } from '../../i18n/common.ts';
import { useTexts } from '../../i18n/locale.ts';
import { ProblemBanner } from '../../primitives/problem.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { exportTexts } from './export.texts.ts';
import type { ExportFilter } from './export-button.tsx';

const LOOK_MS = 1_000;
const RECENT_MAX = 5;

function isOpen(file: ExportFileBody | undefined): boolean {
  return file?.state === 'REQUESTED' || file?.state === 'RUNNING';
}

export function ExportDialog({ filter, onClose }: { filter: ExportFilter; onClose: () => void }) {
  const words = useTexts(exportTexts);
  const shared = useTexts(common);
  const client = useQueryClient();
  const [id, setId] = useState<string | null>(null);
  const idempotencyKey = useRef(crypto.randomUUID());
  const create = useMutation({
    mutationFn: () =>
      naru.admin.exports.create(
        { filter, timeZone: 'Asia/Seoul' },
        { idempotencyKey: idempotencyKey.current },
      ),
    onSuccess: (file) => {
      idempotencyKey.current = crypto.randomUUID();
      client.setQueryData(['exports', file.id], file);
      setId(file.id);
    },
  });
  const followed = useQuery({
    queryKey: ['exports', id],
    queryFn: ({ signal }) => naru.admin.exports.get(id ?? '', { signal }),
    enabled: id !== null,
    refetchInterval: ({ state }) => (isOpen(state.data) ? LOOK_MS : false),
  });
  const file = followed.data;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={words.title}
      closeLabel={shared.close}
      footer={
        <>
          <Button variant="ghost" size="md" onPress={onClose}>
            {shared.close}
          </Button>
          <Button
            variant={file?.state === 'DONE' ? 'secondary' : 'primary'}
            size="md"
            isPending={create.isPending}
            isDisabled={isOpen(file)}
            onPress={() => create.mutate()}
          >
            {file === undefined ? words.start : words.again}
          </Button>
        </>
      }
    >
      <p className="text-sm">{words.what}</p>
      {create.isError ? <ProblemBanner error={create.error} /> : null}
      {file === undefined ? <Recent /> : <Followed file={file} />}
    </Dialog>
  );
}

function Followed({ file }: { file: ExportFileBody }) {
  const words = useTexts(exportTexts);
  const done = formatCount(file.rows);
  const text =
    file.rowsExpected === null ? words.rowsOnly(done) : words.rows(done, formatCount(file.rowsExpected));
  if (file.state === 'FAILED')
    return (
      <Banner tone="bad" title={words.FAILED} isAlert>
        {file.error}
      </Banner>
    );
  return (
    <div className="flex flex-col gap-3" aria-live="polite">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="font-medium">{words[file.state]}</span>
        <span className="tabular text-muted">{text}</span>
      </div>
      <Progress
        done={file.state === 'DONE' ? 1 : file.rows}
        total={file.state === 'DONE' ? 1 : (file.rowsExpected ?? Math.max(file.rows * 2, 1))}
        label={words[file.state]}
        text={text}
      />
      {file.state === 'DONE' ? (
        <>
          <KeyValues
            rows={[
              [words.size, `${formatCount(file.bytes)} B`],
              [words.hash, <ShortId key="hash" text={file.sha256 ?? ''} />],
              [words.expires, <Time key="expires" at={file.expiresAt} />],
            ]}
          />
          <Download file={file} />
        </>
      ) : (
        <p className="text-xs text-muted">{words.leave}</p>
      )}
    </div>
  );
}

function Download({ file }: { file: ExportFileBody }) {
  const words = useTexts(exportTexts);
  return (
    <a
      href={`/api${naru.admin.exports.filePath(file.id)}`}
      download
      className="inline-flex h-9 w-fit items-center rounded-md bg-accent px-4 text-sm font-medium text-accent-foreground"
    >
      {words.download}
    </a>
  );
}

/** Files of the last day, of everybody. */
function Recent() {
  const words = useTexts(exportTexts);
  const query = useQuery({
    queryKey: ['exports'],
    queryFn: ({ signal }) => naru.admin.exports.list({ signal }),
  });
  const done = (query.data ?? []).filter(({ state }) => state === 'DONE').slice(0, RECENT_MAX);
  return (
    <section aria-label={words.recent} className="flex min-h-16 flex-col gap-2">
      <h3 className="text-sm font-semibold">{words.recent}</h3>
      {done.length === 0 ? <p className="text-sm text-muted">{words.noRecent}</p> : null}
      <ul className="flex flex-col gap-1.5">
        {done.map((file) => (
          <li key={file.id} className="flex flex-wrap items-center justify-between gap-2 text-sm">
            <span className="tabular">{formatTime(file.requestedAt)}</span>
            <span className="tabular text-muted">{words.rowsOnly(formatCount(file.rows))}</span>
            <a
              href={`/api${naru.admin.exports.filePath(file.id)}`}
              download
              aria-label={`${words.download} ${formatTime(file.requestedAt)}`}
              className="font-medium underline"
            >
              {words.download}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
