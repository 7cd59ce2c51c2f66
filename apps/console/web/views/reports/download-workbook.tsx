import { Button } from '@naru/ui/button.tsx';
import type { ReportBody } from '@naru/wire/report.ts';
import { useState } from 'react';
import { useTexts } from '../../i18n/locale.ts';
import { ProblemBanner } from '../../primitives/problem.tsx';
import { saveFile } from '../../primitives/save-file.ts';
import { reportTexts } from './report.texts.ts';

/** The report as a workbook, made of what the page shows. What makes it is loaded when somebody wants one. */
export function DownloadWorkbook({ report }: { report: ReportBody }) {
  const words = useTexts(reportTexts);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const make = async () => {
    setBusy(true);
    setError(null);
    try {
      const [{ default: writeWorkbook }, { reportSheets }] = await Promise.all([
        import('write-excel-file/universal'),
        import('./report-workbook.ts'),
      ]);
      const { period, date, status, version } = report;
      const blob = await writeWorkbook(reportSheets(report, words)).toBlob();
      saveFile(`naru-${period}-${date}-${status === 'DRAFT' ? 'draft' : `v${version}`}.xlsx`, blob.type, [
        blob,
      ]);
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button variant="outline" isPending={isBusy} onPress={() => void make()}>
        {words.xlsx}
      </Button>
      {error === null ? null : <ProblemBanner error={error} onRetry={() => void make()} />}
    </>
  );
}
