import { Button } from '@naru/ui/button.tsx';
import { Menu } from '@naru/ui/menu.tsx';
import { ToastRegion } from '@naru/ui/toast.tsx';
import { mayCall } from '@naru/wire/role.ts';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { Languages, Menu as MenuIcon, Moon, Search, Sun, UserRound, X } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { defineTexts, useTexts } from '../i18n/locale.ts';
import { LiveBadge } from '../primitives/live-badge.tsx';
import { signOut } from './auth.ts';
import { queryClient } from './client.ts';
import { CommandPalette } from './command-palette.tsx';
import { NotAllowed } from './fallbacks.tsx';
import { LiveProvider } from './live.tsx';
import { useMe } from './me.ts';
import { entryOf, navigation, navigationTexts } from './navigation.ts';
import { changePreferences, usePreferences, useTheme } from './preferences.ts';

const texts = defineTexts({
  ko: {
    skip: '본문으로 건너뛰기',
    test: '시험 환경',
    testHint: '실제 돈이 움직이지 않아요',
    live: '운영 환경',
    liveHint: '실제 돈이 움직여요',
    search: '검색',
    openMenu: '메뉴 열기',
    closeMenu: '메뉴 닫기',
    toDark: '어두운 화면으로',
    toLight: '밝은 화면으로',
    language: 'English로 보기',
    account: '내 계정',
    profile: '내 계정과 보안',
    signOut: '로그아웃',
  },
  en: {
    skip: 'Skip to content',
    test: 'Test environment',
    testHint: 'No real money moves',
    live: 'Live environment',
    liveHint: 'Real money moves',
    search: 'Search',
    openMenu: 'Open the menu',
    closeMenu: 'Close the menu',
    toDark: 'Dark theme',
    toLight: 'Light theme',
    language: '한국어로 보기',
    account: 'My account',
    profile: 'Account and security',
    signOut: 'Sign out',
  },
});

export function Shell() {
  const words = useTexts(texts);
  const me = useMe();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer
  useEffect(() => setMenuOpen(false), [pathname]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setPaletteOpen(true);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const entry = entryOf(pathname);
  const isLive = me.network === 'live';
  return (
    <LiveProvider isAllowed={mayCall(me.scopes, 'withdrawals:read')}>
      <a
        href="#main"
        className="sr-only z-50 rounded bg-accent px-3 py-2 text-accent-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {words.skip}
      </a>
      <div className="flex min-h-dvh flex-col">
        <div
          className={`px-4 py-1 text-center text-xs font-semibold ${isLive ? 'bg-danger text-danger-foreground' : 'bg-warn-soft text-warn-text'}`}
        >
          {isLive ? words.live : words.test} · {isLive ? words.liveHint : words.testHint}
        </div>
        <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-border bg-surface px-3 md:px-4">
          <Button
            variant="ghost"
            isIconOnly
            className="md:hidden"
            aria-label={isMenuOpen ? words.closeMenu : words.openMenu}
            aria-expanded={isMenuOpen}
            onPress={() => setMenuOpen(!isMenuOpen)}
          >
            {isMenuOpen ? <X className="size-5" aria-hidden /> : <MenuIcon className="size-5" aria-hidden />}
          </Button>
          <Link to="/" className="flex items-center gap-2 font-bold">
            <img src="/favicon.svg" alt="" className="size-6" />
            Naru
          </Link>
          <span className="truncate text-sm text-muted max-md:hidden">{me.organisationName}</span>
          <div className="ms-auto flex items-center gap-1">
            <span className="max-sm:hidden">
              <LiveBadge />
            </span>
            <Button variant="ghost" onPress={() => setPaletteOpen(true)}>
              <span className="sr-only">{words.search}</span>
              <Search className="size-4" aria-hidden />
              <kbd className="font-sans text-xs text-muted max-md:hidden">Ctrl K</kbd>
            </Button>
            <ThemeAndLanguage />
            <AccountMenu name={me.name} />
          </div>
        </header>
        <div className="flex min-h-0 flex-1">
          <Sidebar isOpen={isMenuOpen} scopes={me.scopes} />
          <main ref={main} id="main" tabIndex={-1} className="min-w-0 flex-1 outline-none">
            <Suspense>
              {entry !== null && !me.can(entry.scope) ? <NotAllowed scope={entry.scope} /> : <Outlet />}
            </Suspense>
          </main>
        </div>
      </div>
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setPaletteOpen(false)} />
      <ToastRegion />
    </LiveProvider>
  );
}

function ThemeAndLanguage() {
  const words = useTexts(texts);
  const { locale } = usePreferences();
  const theme = useTheme();
  return (
    <>
      <Button
        variant="ghost"
        isIconOnly
        aria-label={theme === 'dark' ? words.toLight : words.toDark}
        onPress={() => changePreferences({ theme: theme === 'dark' ? 'light' : 'dark' })}
      >
        {theme === 'dark' ? <Sun className="size-4" aria-hidden /> : <Moon className="size-4" aria-hidden />}
      </Button>
      <Button
        variant="ghost"
        isIconOnly
        aria-label={words.language}
        onPress={() => {
          changePreferences({ locale: locale === 'ko' ? 'en' : 'ko' });
          // Texts of the API are in the language that was asked for.
          void queryClient.invalidateQueries();
        }}
      >
        <Languages className="size-4" aria-hidden />
      </Button>
    </>
  );
}

function AccountMenu({ name }: { name: string }) {
  const words = useTexts(texts);
  const navigate = useNavigate();
  return (
    <Menu
      label={words.account}
      trigger={
        <Button variant="ghost" aria-label={`${words.account}: ${name}`}>
          <UserRound className="size-4" aria-hidden />
          <span className="max-w-32 truncate max-md:hidden">{name}</span>
        </Button>
      }
      entries={[
        { id: 'profile', label: words.profile },
        { id: 'sign-out', label: words.signOut },
      ]}
      onChoose={(id) => {
        if (id === 'profile') return void navigate({ to: '/me' });
        void signOut().then(() => {
          queryClient.clear();
          return navigate({ to: '/sign-in' });
        });
      }}
    />
  );
}

function Sidebar({ isOpen, scopes }: { isOpen: boolean; scopes: readonly string[] }) {
  const words = useTexts(navigationTexts);
  return (
    <nav
      aria-label={words.navigation}
      className={`w-52 shrink-0 overflow-y-auto border-e border-border bg-surface px-2 py-3 max-md:fixed max-md:inset-y-0 max-md:top-19 max-md:left-0 max-md:z-40 max-md:w-64 max-md:shadow-xl md:sticky md:top-12 md:h-[calc(100dvh-3rem)] ${isOpen ? '' : 'max-md:hidden'}`}
    >
      {navigation.map((section) => {
        const entries = section.entries.filter((entry) => mayCall(scopes, entry.scope));
        if (entries.length === 0) return null;
        return (
          <div key={section.name} className="pb-3">
            <h2 className="px-2 pb-1 text-xs font-semibold text-muted">{words[section.name]}</h2>
            <ul>
              {entries.map(({ path, name, icon: Icon }) => (
                <li key={path}>
                  <Link
                    to={path}
                    activeOptions={{ exact: path === '/', includeSearch: false }}
                    className="flex min-h-8 items-center gap-2 rounded px-2 py-1 text-sm outline-offset-[-2px] hover:bg-surface-secondary focus-visible:outline-2 focus-visible:outline-focus max-md:min-h-11"
                    activeProps={{
                      className: 'bg-info-soft font-semibold text-info-text',
                      'aria-current': 'page',
                    }}
                  >
                    <Icon className="size-4 shrink-0" aria-hidden />
                    {words[name]}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
