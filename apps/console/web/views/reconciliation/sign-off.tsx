import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { SignOffBody } from '@naru/wire/reconciliation.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatDay, startOfDay } from '../../format/time.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { Time } from '../../primitives/time.tsx';
import { reconciliationTexts } from './reconciliation.texts.ts';

/** The last day that is over, in Korea. */
function yesterday(): string {
  return formatDay(startOfDay(new Date()).getTime() - 1);
}

export function SignOffButton({ isOk }: { isOk: boolean }) {
  const words = useTexts(reconciliationTexts);
  const me = useMe();
  const client = useQueryClient();
  const whyId = useId();
  const [isOpen, setOpen] = useState(false);
  const [day, setDay] = useState(yesterday);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && day <= yesterday();
  const why = me.can('operations:write') ? (isOk ? null : words.signOffBlocked) : words.signOffNoScope;
  return (
    <div className="flex flex-col items-end gap-1">
      <Button
        variant="primary"
        onPress={() => setOpen(true)}
        isDisabled={why !== null}
        {...(why === null ? {} : { 'aria-describedby': whyId })}
      >
        {words.signOff}
      </Button>
      {why === null ? null : (
        <p id={whyId} className="text-xs text-muted">
          {why}
        </p>
      )}
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.signOffTitle}
        consequence={words.signOffWhat}
        confirmLabel={words.signOff}
        reason="required"
        fields={
          <TextField
            label={words.day}
            type="date"
            value={day}
            onChange={setDay}
            isRequired
            error={isDay ? null : words.dayProblem}
          />
        }
        fieldProblem={isDay ? null : words.dayProblem}
        run={({ reason, idempotencyKey }) =>
          naru.admin.reconciliation.signOff({ day, note: reason }, { idempotencyKey })
        }
        doneText={words.signed}
        onDone={() => void client.invalidateQueries({ queryKey: ['reconciliation'] })}
      />
    </div>
  );
}

export function SignOffsCard({ signOffs }: { signOffs: readonly SignOffBody[] }) {
  const words = useTexts(reconciliationTexts);
  return (
    <Card title={words.signOffs}>
      {signOffs.length === 0 ? (
        <EmptyState title={words.signOffsEmpty}>{words.signOffsEmptyHint}</EmptyState>
      ) : (
        <ol className="flex flex-col divide-y divide-separator">
          {signOffs.map((one) => (
            <li key={one.day} className="flex flex-col gap-0.5 py-2 text-sm first:pt-0">
              <span className="flex flex-wrap justify-between gap-x-3">
                <span className="tabular font-semibold">{one.day}</span>
                <Actor id={one.signedBy} />
              </span>
              <span className="break-words">{one.note}</span>
              <span className="text-xs text-muted">
                <Time at={one.signedAt} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
