import { useSyncExternalStore } from 'react';

/** Below it tables become cards and the navigation a drawer. */
const NARROW = '(max-width: 767px)';

export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = matchMedia(NARROW);
      query.addEventListener('change', onChange);
      return () => query.removeEventListener('change', onChange);
    },
    () => matchMedia(NARROW).matches,
  );
}
