import { Button } from '@naru/ui/button.tsx';
import { Tooltip } from '@naru/ui/tooltip.tsx';
import type { ReportBody } from '@naru/wire/report.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { reportTexts } from './report.texts.ts';

/** Has a final report computed again; says why not where one may not, or where it makes no sense. */
export function RerunButton({ report }: { report: ReportBody }) {
  const words = useTexts(reportTexts);
  const me = useMe();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const { period, date, status, rerun } = report;
  const why = !me.can('operations:write')
    ? words.rerunDenied
    : status === 'DRAFT'
      ? words.rerunDraft
      : rerun === null
        ? null
        : words.rerunTitle;
  const button = (
    <Button variant="outline" isDisabled={why !== null} onPress={() => setOpen(true)}>
      {words.rerun}
    </Button>
  );
  return (
    <>
      {why === null ? (
        button
      ) : (
        <Tooltip text={why}>
          <span>{button}</span>
        </Tooltip>
      )}
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.rerunAsk}
        consequence={words.rerunWhat}
        confirmLabel={words.rerun}
        reason="required"
        run={({ reason, idempotencyKey }) =>
          naru.admin.reports.rerun({ period, date }, { reason }, { idempotencyKey })
        }
        doneText={words.rerunDone}
        onDone={() => void client.invalidateQueries({ queryKey: ['reports'] })}
      />
    </>
  );
}
