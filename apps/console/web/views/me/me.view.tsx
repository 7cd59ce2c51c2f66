import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { showDone } from '@naru/ui/toast.tsx';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  addPasskey,
  changePassword,
  deletePasskey,
  listPasskeys,
  listSessions,
  newRecoveryCodes,
  revokeOtherSessions,
  revokeSession,
} from '../../app/auth.ts';
import { meQuery, useMe } from '../../app/me.ts';
import { authErrorText } from '../../i18n/auth.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { roleNames } from '../../i18n/role-names.ts';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { Time } from '../../primitives/time.tsx';
import { useProven } from '../../primitives/use-proven.tsx';
import { EnrolTotp } from './enrol-totp.tsx';
import { meTexts } from './me.texts.ts';

export function MeView() {
  const words = useTexts(meTexts);
  const roles = useTexts(roleNames);
  const me = useMe();
  const client = useQueryClient();
  const [isEnrolling, setEnrolling] = useState(false);
  const { proven, dialog } = useProven();
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
        <Card title={words.who}>
          <KeyValues
            rows={[
              [words.name, me.name],
              [words.email, me.email ?? '—'],
              [words.organisation, me.organisationName],
              [words.role, me.role === null ? '—' : roles[me.role]],
            ]}
          />
        </Card>
        <Card title={words.totp}>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <StatusChip tone={me.secondFactor?.totp ? 'good' : 'warn'}>
              {me.secondFactor?.totp ? words.totpOn : words.totpOff}
            </StatusChip>
            <div className="flex flex-wrap gap-2">
              <Button onPress={() => setEnrolling(true)}>
                {me.secondFactor?.totp ? words.totpAgain : words.totpBegin}
              </Button>
              {me.secondFactor?.totp ? <RecoveryCodes /> : null}
            </div>
          </div>
        </Card>
        <Passkeys />
        <Password />
        <Sessions />
      </div>
      <Dialog
        isOpen={isEnrolling}
        onClose={() => setEnrolling(false)}
        title={words.totp}
        closeLabel={words.close}
      >
        <EnrolTotp
          initialPassword=""
          replaces={me.secondFactor?.totp ?? false}
          proven={proven}
          onDone={() => {
            setEnrolling(false);
            showDone(words.totpDone);
            void client.invalidateQueries({ queryKey: ['me'] });
          }}
        />
      </Dialog>
      {dialog}
    </Page>
  );
}

function RecoveryCodes() {
  const words = useTexts(meTexts);
  const locale = useLocale();
  const [isOpen, setOpen] = useState(false);
  const [password, setPassword] = useState('');
  const { proven, dialog } = useProven();
  const [codes, setCodes] = useState<string[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const make = (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    proven(() => newRecoveryCodes(password)).then(setCodes, (error: unknown) =>
      setProblem(authErrorText(error, locale)),
    );
  };
  return (
    <>
      <Button variant="outline" onPress={() => setOpen(true)}>
        {words.newCodes}
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => {
          setOpen(false);
          setCodes(null);
          setPassword('');
        }}
        title={words.newCodes}
        closeLabel={words.close}
      >
        <p className="text-sm">{words.newCodesWhy}</p>
        {codes === null ? (
          <form onSubmit={make} className="flex flex-col gap-3" noValidate>
            <TextField
              label={words.password}
              type="password"
              value={password}
              onChange={setPassword}
              error={problem}
              autoComplete="current-password"
              autoFocus
            />
            <Button type="submit" variant="primary" size="md" isDisabled={password === ''}>
              {words.newCodesMake}
            </Button>
          </form>
        ) : (
          <ul className="grid grid-cols-2 gap-1 rounded-md bg-surface-secondary p-3 font-mono text-sm">
            {codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
        )}
      </Dialog>
      {dialog}
    </>
  );
}

function Passkeys() {
  const words = useTexts(meTexts);
  const locale = useLocale();
  const client = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const { proven, dialog } = useProven();
  const query = useQuery({ queryKey: ['auth', 'passkeys'], queryFn: listPasskeys });
  const work = async (change: () => Promise<void>, done: string) => {
    setProblem(null);
    try {
      await proven(change);
      showDone(done);
      await client.invalidateQueries({ queryKey: ['auth'] });
      await client.invalidateQueries({ queryKey: ['me'] });
    } catch (error) {
      setProblem(authErrorText(error, locale));
    }
  };
  return (
    <Card
      title={words.passkeys}
      actions={
        <Button
          onPress={() => void work(() => addPasskey(navigator.platform || 'device'), words.passkeyAdded)}
        >
          {words.passkeyAdd}
        </Button>
      }
    >
      {dialog}
      {problem === null ? null : <Banner tone="bad" title={problem} isAlert />}
      <QueryView query={query} skeletonRows={2}>
        {(passkeys) =>
          passkeys.length === 0 ? (
            <EmptyState title={words.passkeysNone}>{words.passkeysWhy}</EmptyState>
          ) : (
            <ul className="flex flex-col divide-y divide-separator">
              {passkeys.map((passkey) => (
                <li key={passkey.id} className="flex items-center justify-between gap-3 py-2">
                  <span className="text-sm">
                    {passkey.name ?? words.passkeys} <span className="text-muted">· </span>
                    <Time at={passkey.createdAt} />
                  </span>
                  <Button
                    variant="danger-soft"
                    onPress={() => void work(() => deletePasskey(passkey.id), words.passkeyRemoved)}
                  >
                    {words.remove}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}

function Password() {
  const words = useTexts(meTexts);
  const me = useMe();
  const locale = useLocale();
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const { proven, dialog } = useProven();
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    try {
      await proven(() => changePassword(current, next));
      showDone(words.passwordDone);
      setCurrent('');
      setNext('');
      // This session is another one now, and the others are gone.
      await client.invalidateQueries({ queryKey: ['me'] });
      await client.invalidateQueries({ queryKey: ['auth'] });
    } catch (error) {
      setProblem(authErrorText(error, locale));
    }
  };
  return (
    <Card title={words.passwordTitle}>
      {dialog}
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3" noValidate>
        {problem === null ? null : <Banner tone="bad" title={problem} isAlert />}
        {/* Tells a password manager whose password it is. */}
        <input type="text" hidden readOnly autoComplete="username" value={me.email ?? ''} />
        <TextField
          label={words.password}
          type="password"
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
        />
        <TextField
          label={words.passwordNew}
          type="password"
          value={next}
          onChange={setNext}
          hint={words.passwordHint}
          autoComplete="new-password"
        />
        <Button
          type="submit"
          size="md"
          isDisabled={current === '' || next.length < 12}
          className="self-start"
        >
          {words.passwordChange}
        </Button>
      </form>
    </Card>
  );
}

function Sessions() {
  const words = useTexts(meTexts);
  const locale = useLocale();
  const client = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const query = useQuery({ queryKey: ['auth', 'sessions'], queryFn: listSessions });
  const { data: body } = useQuery(meQuery);
  const ownId = body?.kind === 'person' ? body.sessionId : null;
  const end = (change: Promise<void>, done: string) => {
    setProblem(null);
    change.then(
      () => {
        showDone(done);
        return client.invalidateQueries({ queryKey: ['auth', 'sessions'] });
      },
      (error: unknown) => setProblem(authErrorText(error, locale)),
    );
  };
  return (
    <Card
      title={words.sessions}
      actions={
        <Button variant="danger-soft" onPress={() => end(revokeOtherSessions(), words.othersEnded)}>
          {words.endOthers}
        </Button>
      }
    >
      {problem === null ? null : <Banner tone="bad" title={problem} isAlert />}
      <QueryView query={query} skeletonRows={3}>
        {(sessions) => (
          <ul className="flex flex-col divide-y divide-separator">
            {sessions.map((session) => (
              <li key={session.id} className="flex items-center justify-between gap-3 py-2">
                <span className="min-w-0 text-sm">
                  <span className="block truncate" title={session.userAgent ?? ''}>
                    {browserOf(session.userAgent) ?? words.unknownBrowser}
                  </span>
                  <span className="text-muted">
                    {session.ipAddress ?? ''} · <Time at={session.createdAt} />
                  </span>
                </span>
                {session.id === ownId ? (
                  <StatusChip tone="good">{words.thisSession}</StatusChip>
                ) : (
                  <Button
                    variant="ghost"
                    className="shrink-0"
                    onPress={() => end(revokeSession(session.token), words.ended)}
                  >
                    {words.end}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Card>
  );
}

/** `Chrome · Linux`: enough to know one's own device by. */
function browserOf(userAgent: string | null): string | null {
  if (userAgent === null) return null;
  const browser = /(Edg|OPR|Firefox|HeadlessChrome|Chrome|Safari)/.exec(userAgent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1];
  return browser === undefined ? userAgent : [browser, system].filter(Boolean).join(' · ');
}
