import './app/without-eval.ts';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './app/client.ts';
import { applyPreferences, usePreferences } from './app/preferences.ts';
import { router } from './app/router.tsx';
import { LocaleContext } from './i18n/locale.ts';
import './styles.css';

function App() {
  const { locale } = usePreferences();
  return (
    <LocaleContext value={locale}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </LocaleContext>
  );
}

applyPreferences();
// The list of the font's slices is as large as all other styles: text stands in the system's font until it is there.
void import('@naru/ui/fonts.css');
const place = document.getElementById('root');
if (place === null) throw new Error('the page has no place to draw in');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
