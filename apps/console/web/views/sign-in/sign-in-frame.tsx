import { Button } from '@naru/ui/button.tsx';
import { type ReactNode, useEffect } from 'react';
import { changePreferences, usePreferences } from '../../app/preferences.ts';

/** The page of those who are not in yet. */
export function SignInFrame({ title, help, children }: { title: string; help: string; children: ReactNode }) {
  const { locale } = usePreferences();
  useEffect(() => {
    document.title = `${title} · Naru`;
  }, [title]);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <div className="flex w-full max-w-sm flex-col gap-5 rounded-lg border border-border bg-surface p-6">
        <div className="flex items-center gap-3">
          <img src="/favicon.svg" alt="" className="size-9" />
          <h1 className="text-lg font-bold">{title}</h1>
        </div>
        {children}
      </div>
      <p className="max-w-sm text-center text-xs text-muted">{help}</p>
      <Button variant="ghost" onPress={() => changePreferences({ locale: locale === 'ko' ? 'en' : 'ko' })}>
        {locale === 'ko' ? 'English' : '한국어'}
      </Button>
    </main>
  );
}
