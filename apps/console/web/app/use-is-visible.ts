import { useEffect, useState } from 'react';

/** Going to another tab for a moment costs no new connection. */
const HIDDEN_MS = 10_000;

/**
 * Whether somebody sees this page. Browsers open six connections to one origin, over all tabs, where it does not speak
 * HTTP/2: pages in the background that keep their streams would leave none for the next one.
 */
export function useIsVisible(): boolean {
  const [isVisible, setVisible] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') setVisible(true);
      else timer = setTimeout(() => setVisible(false), HIDDEN_MS);
    };
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return isVisible;
}
