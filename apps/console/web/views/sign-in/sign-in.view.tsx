import { isNaruApiError } from '@naru/sdk/errors.ts';
import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Fingerprint } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { signInWithPasskey, signInWithPassword } from '../../app/auth.ts';
import { queryClient } from '../../app/client.ts';
import { meQuery } from '../../app/me.ts';
import { authErrorText } from '../../i18n/auth.ts';
import { defineTexts, useLocale, useTexts } from '../../i18n/locale.ts';
import { CodeForm } from '../../primitives/code-form.tsx';
import { EnrolTotp } from '../me/enrol-totp.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

const texts = defineTexts({
  ko: {
    title: '나루에 로그인하기',
    email: '이메일',
    password: '비밀번호',
    signIn: '로그인하기',
    passkey: '패스키로 로그인하기',
    or: '또는',
    secondTitle: '2단계 인증',
    enrolTitle: '2단계 인증을 켜 주세요',
    enrolWhy: '돈을 다루는 곳이라 2단계 인증 없이는 아무것도 볼 수 없어요. 1분이면 끝나요.',
    help: '로그인할 수 없다면 관리자에게 2단계 인증 초기화나 새 초대를 요청하세요.',
  },
  en: {
    title: 'Sign in to Naru',
    email: 'E-mail address',
    password: 'Password',
    signIn: 'Sign in',
    passkey: 'Sign in with a passkey',
    or: 'or',
    secondTitle: 'Second factor',
    enrolTitle: 'Turn on a second factor',
    enrolWhy: 'Money is handled here, so nothing is shown without one. It takes a minute.',
    help: 'If you cannot sign in, ask an administrator to reset your second factor, or for a new invitation.',
  },
});

type Step = 'password' | 'second-factor' | 'enrol';

/** Back to where one wanted to be: a path of this console, and no other address. */
function placeAfter(back: unknown): string {
  return typeof back === 'string' && /^\/(?![/\\])/.test(back) && !back.startsWith('/sign-in') ? back : '/';
}

export function SignInView() {
  const words = useTexts(texts);
  const locale = useLocale();
  const navigate = useNavigate();
  const { back } = useSearch({ strict: false }) as { back?: unknown };
  const [step, setStep] = useState<Step>('password');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const enter = async () => {
    queryClient.clear();
    const me = await queryClient.fetchQuery(meQuery);
    if (me.kind === 'person' && !me.secondFactor.totp && !me.secondFactor.passkey) {
      setStep('enrol');
      return;
    }
    await navigate({ href: placeAfter(back) });
  };
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      if (isNaruApiError(error, 'second_factor_required')) setStep('enrol');
      else setProblem(authErrorText(error, locale));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(async () => {
      if ((await signInWithPassword(email.trim(), password)) === 'second-factor') setStep('second-factor');
      else await enter();
    });
  };
  if (step === 'second-factor')
    return (
      <SignInFrame title={words.secondTitle} help={words.help}>
        <CodeForm onVerified={enter} allowsRecovery />
      </SignInFrame>
    );
  if (step === 'enrol')
    return (
      <SignInFrame title={words.enrolTitle} help={words.help}>
        <p className="text-sm text-muted">{words.enrolWhy}</p>
        <EnrolTotp initialPassword={password} onDone={() => void enter()} />
      </SignInFrame>
    );
  return (
    <SignInFrame title={words.title} help={words.help}>
      {problem === null ? null : <Banner tone="bad" title={problem} isAlert />}
      <form onSubmit={submit} className="flex flex-col gap-3" noValidate>
        <TextField
          label={words.email}
          type="email"
          name="email"
          value={email}
          onChange={setEmail}
          autoComplete="username"
          inputMode="email"
          autoFocus
        />
        <TextField
          label={words.password}
          type="password"
          name="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
        />
        <Button
          type="submit"
          variant="primary"
          size="lg"
          fullWidth
          isPending={isBusy}
          isDisabled={email === '' || password === ''}
        >
          {words.signIn}
        </Button>
      </form>
      <p className="text-center text-xs text-muted">{words.or}</p>
      <Button
        variant="outline"
        size="lg"
        fullWidth
        onPress={() => void attempt(async () => signInWithPasskey().then(enter))}
        isDisabled={isBusy}
      >
        <Fingerprint className="size-4" aria-hidden />
        {words.passkey}
      </Button>
    </SignInFrame>
  );
}
