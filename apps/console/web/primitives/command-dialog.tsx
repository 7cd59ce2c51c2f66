import { isNaruApiError, NaruApiError } from '@naru/sdk/errors.ts';
import { Button } from '@naru/ui/button.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { Skeleton } from '@naru/ui/skeleton.tsx';
import { TextArea } from '@naru/ui/text-field.tsx';
import { showDone } from '@naru/ui/toast.tsx';
import { type FormEvent, lazy, type ReactNode, Suspense, useEffect, useId, useRef, useState } from 'react';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { ProblemBanner } from './problem.tsx';

const StepUp = lazy(async () => ({ default: (await import('./step-up.tsx')).StepUp }));

/** Characters of a reason, as the API takes them. */
const REASON_MAX = 500;

/** What `run` gives where nothing was done yet, and its fields now ask for more. */
export const ASKS_MORE = Symbol('asks more');

export type CommandSpec = {
  title: string;
  /** What happens, what cannot be taken back, and what it does to the money. */
  consequence: ReactNode;
  /** The verb itself: "출금 승인하기", never "확인". */
  confirmLabel: string;
  tone?: 'primary' | 'danger';
  reason: 'required' | 'optional' | 'none';
  /** More to fill in, between the consequence and the reason. */
  fields?: ReactNode;
  /** What is wrong with the fields, in words; nothing is sent before it is null. */
  fieldProblem?: string | null;
  run: (input: { reason: string; idempotencyKey: string }) => Promise<unknown>;
  /** Null where something else says so. */
  doneText: string | null;
  onDone?: () => void;
};

/**
 * One command of a person: what it does, a reason, a proof of the second factor where it is asked for, and an outcome that
 * is known. Each opening has one idempotency key until it is refused, so a command that is sent again takes effect once.
 */
export function CommandDialog(props: CommandSpec & { isOpen: boolean; onClose: () => void }) {
  const words = useTexts(common);
  const { isOpen, onClose, reason: rule, run } = props;
  const formId = useId();
  const form = useRef<HTMLFormElement>(null);
  const idempotencyKey = useRef('');
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  /** Somebody wanted to send what is not complete, and no field says yet that it is wrong. */
  const [isRefused, setRefused] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [needsProof, setNeedsProof] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    idempotencyKey.current = crypto.randomUUID();
    setReason('');
    setMissing(false);
    setRefused(false);
    setError(null);
    setNeedsProof(false);
  }, [isOpen]);
  const { fieldProblem } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is wrong by now is said by its field
  useEffect(() => setRefused(false), [fieldProblem]);
  // A dialog is longer than a phone: what is wrong is brought into sight.
  useEffect(() => {
    if (isMissing) findInvalid(form.current)?.focus();
  }, [isMissing]);
  useEffect(() => {
    if (error !== null) form.current?.querySelector('[role=alert]')?.scrollIntoView({ block: 'nearest' });
  }, [error]);

  const send = async () => {
    if (props.fieldProblem) {
      const invalid = findInvalid(form.current);
      if (invalid === null) setRefused(true);
      else invalid.focus();
      return;
    }
    setRefused(false);
    if (rule === 'required' && reason.trim() === '') return setMissing(true);
    setBusy(true);
    setError(null);
    try {
      const result = await run({ reason: reason.trim(), idempotencyKey: idempotencyKey.current });
      setNeedsProof(false);
      if (result === ASKS_MORE) {
        idempotencyKey.current = crypto.randomUUID();
        return;
      }
      if (props.doneText !== null) showDone(props.doneText);
      props.onDone?.();
      onClose();
    } catch (caught) {
      if (isNaruApiError(caught, 'step_up_required')) setNeedsProof(true);
      else {
        // The refusal stays under its key, and what is mended is another request.
        if (isFinal(caught)) idempotencyKey.current = crypto.randomUUID();
        setError(caught);
      }
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={props.title}
      isBusy={isBusy}
      closeLabel={words.close}
      footer={
        needsProof ? undefined : (
          <>
            {isRefused && props.fieldProblem ? (
              <p role="alert" className="w-full text-sm text-bad-text">
                {props.fieldProblem}
              </p>
            ) : null}
            <Button variant="ghost" size="md" onPress={onClose} isDisabled={isBusy}>
              {words.cancel}
            </Button>
            <Button
              variant={props.tone === 'danger' ? 'danger' : 'primary'}
              size="md"
              type="submit"
              form={formId}
              isPending={isBusy}
            >
              {props.confirmLabel}
            </Button>
          </>
        )
      }
    >
      {needsProof ? (
        <Suspense fallback={<Skeleton className="h-40 w-full" />}>
          <StepUp onProven={() => void send()} onCancel={() => setNeedsProof(false)} />
        </Suspense>
      ) : (
        <form ref={form} id={formId} onSubmit={onSubmit} className="flex flex-col gap-4" noValidate>
          <div className="text-sm leading-relaxed">{props.consequence}</div>
          {props.fields}
          {rule === 'none' ? null : (
            <TextArea
              label={words.reason}
              value={reason}
              onChange={(text) => {
                setReason(text);
                setMissing(false);
              }}
              isRequired={rule === 'required'}
              hint={words.reasonHint}
              error={isMissing ? words.reasonNeeded : null}
              maxLength={REASON_MAX}
            />
          )}
          {error === null ? null : <ProblemBanner error={error} isCommand onRetry={() => void send()} />}
        </form>
      )}
    </Dialog>
  );
}

/** Refused for good: nothing was done, and under its key nothing will be. */
export function isFinal(error: unknown): boolean {
  return error instanceof NaruApiError && !error.retryable && error.status < 500;
}

/** The first field that says it is wrong. */
function findInvalid(form: HTMLFormElement | null): HTMLElement | null {
  return form?.querySelector<HTMLElement>('[aria-invalid=true]') ?? null;
}
