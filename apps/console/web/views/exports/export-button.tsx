import type { ExportsClient } from '@naru/sdk/reports.ts';
import { Button } from '@naru/ui/button.tsx';
import { lazy, Suspense, useState } from 'react';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { exportTexts } from './export.texts.ts';

/** As the list has it. */
export type ExportFilter = NonNullable<NonNullable<Parameters<ExportsClient['create']>[0]>['filter']>;

const ExportDialog = lazy(() =>
  import('./export-dialog.tsx').then((module) => ({ default: module.ExportDialog })),
);

/** Has what a list of withdrawals shows written into a file, and follows it until it can be fetched. */
export function ExportButton({ filter }: { filter: ExportFilter }) {
  const words = useTexts(exportTexts);
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const isDenied = !me.can('operations:read');
  return (
    <>
      <Button
        variant="outline"
        isDisabled={isDenied}
        onPress={() => setOpen(true)}
        {...(isDenied ? { 'aria-label': `${words.open}: ${words.denied}` } : {})}
      >
        {words.open}
      </Button>
      {isOpen ? (
        <Suspense>
          <ExportDialog filter={filter} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
