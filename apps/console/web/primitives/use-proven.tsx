import { Dialog } from '@naru/ui/dialog.tsx';
import { type ReactNode, useCallback, useState } from 'react';
import { AuthError } from '../app/auth.ts';
import { common } from '../i18n/common.ts';
import { defineTexts, useTexts } from '../i18n/locale.ts';
import { StepUp } from './step-up.tsx';

const texts = defineTexts({ ko: { title: '2단계 인증' }, en: { title: 'Second factor' } });

type Waiting = { goOn: () => void; giveUp: () => void };

/**
 * For changes of one's own account: where a proof of the second factor is asked for, it is got, and the change is made then.
 * `dialog` must be in the page.
 */
export function useProven(): {
  proven: <Result>(work: () => Promise<Result>) => Promise<Result>;
  dialog: ReactNode;
} {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const proven = useCallback(async <Result,>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AuthError) || error.code !== 'step_up_required') throw error;
      return await new Promise<Result>((resolve, reject) => {
        setWaiting({ goOn: () => void work().then(resolve, reject), giveUp: () => reject(error) });
      });
    }
  }, []);
  const end = (how: 'goOn' | 'giveUp') => {
    waiting?.[how]();
    setWaiting(null);
  };
  const dialog = (
    <Dialog
      isOpen={waiting !== null}
      onClose={() => end('giveUp')}
      title={words.title}
      closeLabel={shared.close}
    >
      <StepUp onProven={() => end('goOn')} onCancel={() => end('giveUp')} />
    </Dialog>
  );
  return { proven, dialog };
}
