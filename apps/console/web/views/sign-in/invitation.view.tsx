import { Button } from '@naru/ui/button.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { naru } from '../../app/client.ts';
import { defineTexts, useTexts } from '../../i18n/locale.ts';
import { ProblemBanner } from '../../primitives/problem.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

const texts = defineTexts({
  ko: {
    title: '초대를 받았어요',
    lead: '이름과 비밀번호를 정하면 바로 로그인할 수 있어요.',
    name: '이름',
    nameHint: '동료가 감사 로그에서 보게 될 이름이에요.',
    password: '비밀번호',
    passwordHint: '12자 이상. 비밀번호 관리 앱이 만든 것을 쓰면 좋아요.',
    accept: '초대 수락하기',
    done: '계정을 만들었어요',
    doneLead: '이제 로그인하고 2단계 인증을 켜 주세요.',
    signIn: '로그인하러 가기',
    missing: '초대 링크가 온전하지 않아요. 받은 링크 전체를 열어 주세요.',
    help: '링크는 한 번만, 정해진 날까지 쓸 수 있어요. 쓸 수 없다면 초대한 사람에게 새로 요청하세요.',
  },
  en: {
    title: 'You are invited',
    lead: 'Choose a name and a password, and sign in.',
    name: 'Name',
    nameHint: 'Colleagues see it in the audit log.',
    password: 'Password',
    passwordHint: '12 characters or more; best one made by a password manager.',
    accept: 'Accept the invitation',
    done: 'Your account is ready',
    doneLead: 'Sign in now and turn on a second factor.',
    signIn: 'Go to sign in',
    missing: 'The link is not complete. Open all of the link that you got.',
    help: 'A link works once, and until its day. If it does not, ask whoever invited you for another.',
  },
});

/** The token is in the fragment, which no server and no log gets to see. */
function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}

export function InvitationView() {
  const words = useTexts(texts);
  const navigate = useNavigate();
  const [token] = useState(() => tokenOf(location.hash));
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isDone, setDone] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await naru.people.invitations.accept({ token, name: name.trim(), password });
      setDone(true);
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  if (isDone)
    return (
      <SignInFrame title={words.done} help={words.help}>
        <p className="text-sm text-muted">{words.doneLead}</p>
        <Button variant="primary" size="md" onPress={() => void navigate({ to: '/sign-in' })}>
          {words.signIn}
        </Button>
      </SignInFrame>
    );
  return (
    <SignInFrame title={words.title} help={words.help}>
      <p className="text-sm text-muted">{token === '' ? words.missing : words.lead}</p>
      {error === null ? null : <ProblemBanner error={error} />}
      {token === '' ? null : (
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3" noValidate>
          <TextField
            label={words.name}
            value={name}
            onChange={setName}
            hint={words.nameHint}
            autoComplete="name"
            autoFocus
            maxLength={100}
          />
          <TextField
            label={words.password}
            type="password"
            value={password}
            onChange={setPassword}
            hint={words.passwordHint}
            autoComplete="new-password"
          />
          <Button
            type="submit"
            variant="primary"
            size="lg"
            isPending={isBusy}
            isDisabled={name.trim() === '' || password.length < 12}
          >
            {words.accept}
          </Button>
        </form>
      )}
    </SignInFrame>
  );
}
