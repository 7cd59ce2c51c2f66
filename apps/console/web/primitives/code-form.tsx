import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { type FormEvent, useState } from 'react';
import { verifyRecoveryCode, verifyTotp } from '../app/auth.ts';
import { authErrorText } from '../i18n/auth.ts';
import { defineTexts, useLocale, useTexts } from '../i18n/locale.ts';

const texts = defineTexts({
  ko: {
    code: '인증번호 6자리',
    codeHint: '인증 앱에 지금 보이는 숫자예요. 붙여넣어도 돼요.',
    recovery: '복구 코드',
    recoveryHint: '2단계 인증을 켤 때 받은 코드 하나를 입력해 주세요. 한 번만 쓸 수 있어요.',
    useRecovery: '인증 앱을 쓸 수 없어요',
    useCode: '인증 앱으로 할게요',
    proceed: '인증하기',
  },
  en: {
    code: 'Six-digit code',
    codeHint: 'The digits that your authenticator app shows now. You can paste them.',
    recovery: 'Recovery code',
    recoveryHint: 'One of the codes that you got with the second factor. Each works once.',
    useRecovery: 'I cannot use the app',
    useCode: 'Use the app',
    proceed: 'Verify',
  },
});

/** Asks for a code of the authenticator app, or for a recovery code where the app is lost. */
export function CodeForm({
  onVerified,
  allowsRecovery,
}: {
  onVerified: () => void | Promise<void>;
  allowsRecovery: boolean;
}) {
  const words = useTexts(texts);
  const locale = useLocale();
  const [isRecovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      if (isRecovery) await verifyRecoveryCode(code.trim());
      else await verifyTotp(code.replaceAll(/\D/g, ''));
      await onVerified();
    } catch (error) {
      setProblem(authErrorText(error, locale));
    } finally {
      setBusy(false);
      setCode('');
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3" noValidate>
      {problem === null ? null : <Banner tone="bad" title={problem} isAlert />}
      {isRecovery ? (
        <TextField
          label={words.recovery}
          value={code}
          onChange={setCode}
          hint={words.recoveryHint}
          isMono
          autoFocus
          autoComplete="off"
        />
      ) : (
        <TextField
          label={words.code}
          value={code}
          onChange={setCode}
          hint={words.codeHint}
          inputMode="numeric"
          autoComplete="one-time-code"
          isMono
          autoFocus
        />
      )}
      <Button type="submit" variant="primary" size="md" isPending={isBusy} isDisabled={code.trim() === ''}>
        {words.proceed}
      </Button>
      {allowsRecovery ? (
        <Button variant="ghost" onPress={() => setRecovery(!isRecovery)}>
          {isRecovery ? words.useCode : words.useRecovery}
        </Button>
      ) : null}
    </form>
  );
}
