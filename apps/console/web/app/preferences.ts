import { useSyncExternalStore } from 'react';
import { type Locale, locales } from '../i18n/locale.ts';

export type Preferences = {
  locale: Locale;
  theme: 'system' | 'light' | 'dark';
  density: 'roomy' | 'compact';
};

const STORE_KEY = 'naru.preferences';

function readStored(): Preferences {
  const fallback: Preferences = {
    locale: navigator.language.startsWith('ko') ? 'ko' : 'en',
    theme: 'system',
    density: 'roomy',
  };
  try {
    const stored = JSON.parse(localStorage.getItem(STORE_KEY) ?? '{}') as Partial<Preferences>;
    return {
      locale: locales.includes(stored.locale as Locale) ? (stored.locale as Locale) : fallback.locale,
      theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : 'system',
      density: stored.density === 'compact' ? 'compact' : 'roomy',
    };
  } catch {
    return fallback;
  }
}

let current = readStored();
const listeners = new Set<() => void>();
const darkQuery = matchMedia('(prefers-color-scheme: dark)');

export function preferences(): Preferences {
  return current;
}

export function changePreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  localStorage.setItem(STORE_KEY, JSON.stringify(current));
  applyPreferences();
  for (const listener of listeners) listener();
}

export function themeInUse(): 'light' | 'dark' {
  if (current.theme !== 'system') return current.theme;
  return darkQuery.matches ? 'dark' : 'light';
}

/** Puts language and theme on the document, where styles and screen readers look for them. */
export function applyPreferences(): void {
  document.documentElement.lang = current.locale;
  document.documentElement.dataset['theme'] = themeInUse();
  document.documentElement.classList.toggle('dark', themeInUse() === 'dark');
}

darkQuery.addEventListener('change', () => {
  applyPreferences();
  for (const listener of listeners) listener();
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

export function useTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, themeInUse);
}
