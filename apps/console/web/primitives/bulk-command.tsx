import { isNaruApiError, NaruApiError, OutcomeUnknownError } from '@naru/sdk/errors.ts';
import { Button } from '@naru/ui/button.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { Progress } from '@naru/ui/meter.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { type ReactNode, useRef, useState } from 'react';
import { formatCount } from '../format/number.ts';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { bulkCommandTexts } from './bulk-command.texts.ts';
import { CommandDialog, type CommandSpec } from './command-dialog.tsx';
import { NotPossible } from './not-possible.ts';
import { ShortId } from './short-id.tsx';

type Outcome = { id: string; kind: 'done' | 'refused' | 'unknown'; text: string | null };

/** Commands under way at once: quick, and far below what a key may call in a minute. */
const AT_ONCE = 4;

/**
 * The same command for several things. Each has its own idempotency key and its own outcome, and all of them are listed
 * at the end: some may be done and others refused.
 */
export function BulkCommand(
  props: Omit<CommandSpec, 'run' | 'doneText' | 'onDone'> & {
    ids: readonly string[];
    /** Given up, or its report was read: to be taken out of the page then. */
    onClose: () => void;
    runOne: (id: string, input: { reason: string; idempotencyKey: string }) => Promise<unknown>;
    onDone: () => void;
    /** A link, or more than its id, of one of them. */
    labelOf?: (id: string) => ReactNode;
  },
) {
  const { ids, runOne, onDone, onClose, labelOf, ...spec } = props;
  const words = useTexts(bulkCommandTexts);
  const shared = useTexts(common);
  const finished = useRef(new Map<string, Outcome>());
  const [doneCount, setDoneCount] = useState(0);
  const [report, setReport] = useState<readonly Outcome[] | null>(null);

  const run = async (input: { reason: string; idempotencyKey: string }) => {
    const left = ids.filter((id) => !finished.current.has(id));
    const work = async () => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        const key = `${input.idempotencyKey}-${id}`;
        try {
          await runOne(id, { reason: input.reason, idempotencyKey: key });
          finished.current.set(id, { id, kind: 'done', text: null });
        } catch (error) {
          // The dialog asks for the proof and runs the rest again; what is done stays done.
          if (isNaruApiError(error, 'step_up_required')) throw error;
          finished.current.set(id, outcomeOf(id, error, words.unknownWhy));
        }
        setDoneCount(finished.current.size);
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, work));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  };
  const total = formatCount(ids.length);
  return (
    <>
      <CommandDialog
        {...spec}
        isOpen={report === null}
        // With everything done it closes by itself, and the report takes its place.
        onClose={() => finished.current.size < ids.length && onClose()}
        fields={
          <>
            {spec.fields}
            {doneCount === 0 ? null : (
              <Progress
                done={doneCount}
                total={ids.length}
                label={words.working}
                text={words.progress(formatCount(doneCount), total)}
              />
            )}
          </>
        }
        run={run}
        // The report says it.
        doneText={null}
        onDone={() => {
          setReport(ids.flatMap((id) => finished.current.get(id) ?? []));
          onDone();
        }}
      />
      <Dialog
        isOpen={report !== null}
        onClose={onClose}
        title={words.report}
        closeLabel={shared.close}
        size="lg"
        footer={
          <Button variant="primary" size="md" onPress={onClose}>
            {shared.close}
          </Button>
        }
      >
        {report === null ? null : <Report outcomes={report} labelOf={labelOf} />}
      </Dialog>
    </>
  );
}

function Report(props: { outcomes: readonly Outcome[]; labelOf: ((id: string) => ReactNode) | undefined }) {
  const words = useTexts(bulkCommandTexts);
  const { outcomes, labelOf = (id) => <ShortId text={id} /> } = props;
  const done = outcomes.filter((one) => one.kind === 'done').length;
  const tones = { done: 'good', refused: 'bad', unknown: 'warn' } as const;
  return (
    <>
      <p className="text-sm">
        {done === outcomes.length
          ? words.allDone(formatCount(done))
          : words.summary(formatCount(done), formatCount(outcomes.length - done))}
      </p>
      <ul className="flex flex-col divide-y divide-separator text-sm">
        {[...outcomes]
          .sort((one, other) => Number(one.kind === 'done') - Number(other.kind === 'done'))
          .map(({ id, kind, text }) => (
            <li key={id} className="flex flex-col gap-1 py-2">
              <span className="flex flex-wrap items-center justify-between gap-2">
                {labelOf(id)}
                <StatusChip tone={tones[kind]}>{words[kind]}</StatusChip>
              </span>
              {text === null ? null : <span className="text-muted">{text}</span>}
            </li>
          ))}
      </ul>
    </>
  );
}

function outcomeOf(id: string, error: unknown, unknownWhy: string): Outcome {
  if (error instanceof NaruApiError) return { id, kind: 'refused', text: error.problem.detail };
  if (error instanceof NotPossible) return { id, kind: 'refused', text: error.message };
  if (error instanceof OutcomeUnknownError) return { id, kind: 'unknown', text: unknownWhy };
  return { id, kind: 'unknown', text: error instanceof Error ? error.message : unknownWhy };
}
