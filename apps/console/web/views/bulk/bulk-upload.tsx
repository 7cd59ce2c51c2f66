import { isNaruApiError, type NaruApiError } from '@naru/sdk/errors.ts';
import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FileUp, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { ProblemBanner } from '../../primitives/problem.tsx';
import { StepUp } from '../../primitives/step-up.tsx';
import { bulkTexts } from './bulk.texts.ts';
import { HoldPreview } from './hold-preview.tsx';
import { type ReadFile, readCsv } from './read-csv.ts';
import { RowErrors } from './row-errors.tsx';

/** What the API takes at the most. */
const BYTES_MAX = 64 * 1024 * 1024;

type Step =
  | { kind: 'empty'; problem: 'tooLarge' | 'notCsv' | null }
  | { kind: 'checking'; file: File }
  /** A file is a call that moves money, also when it is only checked. */
  | { kind: 'proof'; file: File }
  | { kind: 'good'; file: File; read: ReadFile | null; total: number }
  | { kind: 'bad'; file: File; read: ReadFile | null; error: NaruApiError }
  | { kind: 'failed'; file: File; error: unknown };

/** A file on its way in: checked first, shown with what is wrong or with what it would reserve, and only then submitted. */
export function BulkUpload() {
  const words = useTexts(bulkTexts);
  const [step, setStep] = useState<Step>({ kind: 'empty', problem: null });
  const check = async (file: File) => {
    const problem = problemOf(file);
    if (problem !== null) return setStep({ kind: 'empty', problem });
    setStep({ kind: 'checking', file });
    const read = readCsv(await file.text());
    try {
      const { total } = await naru.bulk.create(file, { dryRun: true });
      setStep({ kind: 'good', file, read, total });
    } catch (error) {
      if (isNaruApiError(error, 'bulk_invalid')) setStep({ kind: 'bad', file, read, error });
      else if (isNaruApiError(error, 'step_up_required')) setStep({ kind: 'proof', file });
      else setStep({ kind: 'failed', file, error });
    }
  };
  const again = (
    <Button variant="outline" onPress={() => setStep({ kind: 'empty', problem: null })}>
      {words.other}
    </Button>
  );
  return (
    <Card title={words.upload} actions={step.kind === 'empty' || step.kind === 'checking' ? null : again}>
      {step.kind === 'empty' ? (
        <DropZone problem={step.problem} onFile={(file) => void check(file)} />
      ) : step.kind === 'checking' ? (
        <div role="status" className="flex items-center gap-3 py-6">
          <LoaderCircle className="size-5 animate-spin text-muted" aria-hidden />
          <div>
            <p className="font-semibold">{words.checking(step.file.name)}</p>
            <p className="text-sm text-muted">{words.checkingHint}</p>
          </div>
        </div>
      ) : step.kind === 'proof' ? (
        <div className="max-w-md">
          <StepUp
            onProven={() => void check(step.file)}
            onCancel={() => setStep({ kind: 'empty', problem: null })}
          />
        </div>
      ) : step.kind === 'bad' ? (
        <RowErrors error={step.error} file={step.read} />
      ) : step.kind === 'failed' ? (
        <ProblemBanner error={step.error} onRetry={() => void check(step.file)} />
      ) : (
        <Ready {...step} />
      )}
    </Card>
  );
}

function problemOf(file: File): 'tooLarge' | 'notCsv' | null {
  if (file.size > BYTES_MAX) return 'tooLarge';
  return /\.csv$/i.test(file.name) || file.type === 'text/csv' ? null : 'notCsv';
}

function DropZone(props: { problem: 'tooLarge' | 'notCsv' | null; onFile: (file: File) => void }) {
  const words = useTexts(bulkTexts);
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file !== undefined) props.onFile(file);
  };
  return (
    <div className="flex flex-col gap-3">
      {props.problem === null ? null : <Banner tone="bad" title={words[props.problem]} isAlert />}
      {/* The input covers it all: a drop, a press and the keyboard reach the same thing. */}
      <label
        className={`relative flex cursor-pointer flex-col items-center gap-2 rounded-lg border-2 border-dashed px-4 py-8 text-center focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus ${isOver ? 'border-accent bg-info-soft' : 'border-border'}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files);
        }}
      >
        <FileUp className="size-7 text-muted" aria-hidden />
        <span className="font-semibold">{words.drop}</span>
        <span className="text-link underline">{words.choose}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          className="absolute inset-0 cursor-pointer opacity-0"
          onChange={(event) => take(event.target.files)}
        />
      </label>
      <p className="text-xs text-muted">{words.format}</p>
    </div>
  );
}

function Ready({ file, read, total }: { file: File; read: ReadFile | null; total: number }) {
  const words = useTexts(bulkTexts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const count = formatCount(total);
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="good" title={`${file.name}: ${words.good(count)}`}>
        {words.goodHint}
      </Banner>
      {read === null ? null : <HoldPreview file={read} />}
      <Button variant="primary" size="md" className="self-start" onPress={() => setOpen(true)}>
        {words.submit(count)}
      </Button>
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.submitTitle(count)}
        consequence={
          <div className="flex flex-col gap-3">
            <p>{words.submitWhat}</p>
            {read === null ? null : <HoldPreview file={read} isShort />}
          </div>
        }
        confirmLabel={words.submit(count)}
        reason="none"
        run={async ({ idempotencyKey }) => {
          const bulk = await naru.bulk.create(file, { idempotencyKey });
          void navigate({ to: '/bulk/$id', params: { id: bulk.id } });
        }}
        doneText={words.submitted}
        onDone={() => void client.invalidateQueries({ queryKey: ['bulk'] })}
      />
    </div>
  );
}
