import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Fingerprint } from 'lucide-react';
import { useState } from 'react';
import { signInWithPasskey } from '../app/auth.ts';
import { useMe } from '../app/me.ts';
import { authErrorText } from '../i18n/auth.ts';
import { common } from '../i18n/common.ts';
import { defineTexts, useLocale, useTexts } from '../i18n/locale.ts';
import { CodeForm } from './code-form.tsx';

const texts = defineTexts({
  ko: {
    title: '본인인지 한 번 더 확인할게요',
    why: '돈이나 규칙을 바꾸는 일은 5분 안에 2단계 인증을 한 사람만 할 수 있어요. 확인하면 하던 일을 이어서 해요.',
    passkey: '패스키로 확인하기',
  },
  en: {
    title: 'Show once more that it is you',
    why: 'Whatever moves money or changes rules needs a second factor of the last five minutes. What you were doing goes on after it.',
    passkey: 'Use a passkey',
  },
});

/** A proof of the second factor, asked for in the middle of a command, which then goes on. */
export function StepUp({ onProven, onCancel }: { onProven: () => void; onCancel: () => void }) {
  const words = useTexts(texts);
  const shared = useTexts(common);
  const locale = useLocale();
  const me = useMe();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const proveByPasskey = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await signInWithPasskey();
      onProven();
    } catch (error) {
      setProblem(authErrorText(error, locale));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <Banner tone="info" title={words.title}>
        {words.why}
      </Banner>
      {problem === null ? null : <Banner tone="bad" title={problem} isAlert />}
      {me.secondFactor?.passkey ? (
        <Button variant="primary" size="md" isPending={isBusy} onPress={() => void proveByPasskey()}>
          <Fingerprint className="size-4" aria-hidden />
          {words.passkey}
        </Button>
      ) : null}
      {me.secondFactor?.totp ? <CodeForm onVerified={onProven} allowsRecovery={false} /> : null}
      <Button variant="ghost" onPress={onCancel}>
        {shared.back}
      </Button>
    </div>
  );
}
