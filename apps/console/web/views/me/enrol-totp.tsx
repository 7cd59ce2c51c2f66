import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { type FormEvent, useState } from 'react';
import { encode } from 'uqr';
import { beginTotp, removeTotp } from '../../app/auth.ts';
import { authErrorText } from '../../i18n/auth.ts';
import { defineTexts, useLocale, useTexts } from '../../i18n/locale.ts';
import { CodeForm } from '../../primitives/code-form.tsx';
import { ShortId } from '../../primitives/short-id.tsx';

const texts = defineTexts({
  ko: {
    password: '비밀번호 확인',
    begin: '인증 앱 연결하기',
    scan: '인증 앱(Google Authenticator, 1Password 등)으로 QR 코드를 찍거나 아래 키를 넣어 주세요.',
    qr: '인증 앱에 넣을 QR 코드',
    recovery: '복구 코드',
    recoveryWhy: '휴대폰을 잃어버렸을 때 쓰는 코드예요. 지금만 볼 수 있으니 안전한 곳에 보관해 주세요.',
    kept: '보관했어요. 인증번호 입력하기',
    replaces:
      '지금 연결된 인증 앱과 복구 코드는 바로 쓸 수 없게 돼요. 새 기기를 손에 들고 끝까지 마쳐 주세요.',
  },
  en: {
    password: 'Your password',
    begin: 'Connect an authenticator app',
    scan: 'Scan the QR code with an authenticator app (Google Authenticator, 1Password …), or enter the key below.',
    qr: 'QR code for the authenticator app',
    recovery: 'Recovery codes',
    recoveryWhy: 'For the day the phone is lost. They are shown only now: keep them somewhere safe.',
    kept: 'I have kept them. Enter a code',
    replaces:
      'The app that is connected now and its recovery codes stop working at once. Have the new device at hand, and go on to the end.',
  },
});

type Begun = { totpURI: string; backupCodes: string[] };

/** Connects an authenticator app: password, QR code and recovery codes, a first code. */
export function EnrolTotp({
  initialPassword,
  onDone,
  replaces = false,
  proven = (work) => work(),
}: {
  initialPassword: string;
  onDone: () => void;
  /** There is one already, which ends with this. */
  replaces?: boolean;
  proven?: <Result>(work: () => Promise<Result>) => Promise<Result>;
}) {
  const words = useTexts(texts);
  const locale = useLocale();
  const [password, setPassword] = useState(initialPassword);
  const [begun, setBegun] = useState<Begun | null>(null);
  const [isKept, setKept] = useState(false);
  const [isRemoved, setRemoved] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const begin = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      if (replaces && !isRemoved) {
        await proven(() => removeTotp(password));
        setRemoved(true);
      }
      setBegun(await proven(() => beginTotp(password)));
    } catch (error) {
      setProblem(authErrorText(error, locale));
    } finally {
      setBusy(false);
    }
  };
  if (begun === null)
    return (
      <form onSubmit={(event) => void begin(event)} className="flex flex-col gap-3" noValidate>
        {replaces ? <Banner tone="warn" title={words.replaces} /> : null}
        {problem === null ? null : <Banner tone="bad" title={problem} isAlert />}
        <TextField
          label={words.password}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
        />
        <Button type="submit" variant="primary" size="md" isPending={isBusy} isDisabled={password === ''}>
          {words.begin}
        </Button>
      </form>
    );
  if (isKept) return <CodeForm onVerified={onDone} allowsRecovery={false} />;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm">{words.scan}</p>
      <QrCode text={begun.totpURI} label={words.qr} />
      <ShortId text={new URL(begun.totpURI).searchParams.get('secret') ?? ''} isWhole />
      <div>
        <h2 className="text-sm font-semibold">{words.recovery}</h2>
        <p className="text-sm text-muted">{words.recoveryWhy}</p>
        <ul className="mt-2 grid grid-cols-2 gap-1 rounded-md bg-surface-secondary p-3 font-mono text-sm">
          {begun.backupCodes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <Button variant="primary" size="md" onPress={() => setKept(true)}>
        {words.kept}
      </Button>
    </div>
  );
}

/** Dark modules on white whatever the theme: cameras want it so. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      className="mx-auto size-48 rounded bg-white"
      shapeRendering="crispEdges"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}
