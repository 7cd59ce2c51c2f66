import { Button } from '@naru/ui/button.tsx';
import type { BulkWithdrawalBody } from '@naru/wire/bulk.ts';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { ProblemBanner } from '../../primitives/problem.tsx';
import { saveFile } from '../../primitives/save-file.ts';
import { bulkTexts } from './bulk.texts.ts';

/** The outcome of every row, as it stands now; how much has come is shown while it comes. */
export function DownloadReport({ bulk }: { bulk: BulkWithdrawalBody }) {
  const words = useTexts(bulkTexts);
  const [characters, setCharacters] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const download = async () => {
    setError(null);
    setCharacters(0);
    try {
      const pieces: string[] = [];
      let sum = 0;
      for await (const piece of await naru.bulk.report(bulk.id)) {
        pieces.push(piece);
        sum += piece.length;
        setCharacters(sum);
      }
      saveFile(`${bulk.id}.csv`, 'text/csv;charset=utf-8', pieces);
    } catch (caught) {
      setError(caught);
    } finally {
      setCharacters(null);
    }
  };
  return (
    <>
      <Button variant="outline" isPending={characters !== null} onPress={() => void download()}>
        {characters === null
          ? words.download
          : words.downloading(`${formatCount(Math.ceil(characters / 1024))} KiB`)}
      </Button>
      {error === null ? null : <ProblemBanner error={error} onRetry={() => void download()} />}
    </>
  );
}
