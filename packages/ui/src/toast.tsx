import { lazy, Suspense } from 'react';

/** Notices need a good part of a component library, and nobody needs them before something was done. */
const load = () => import('./toast-region.tsx');
const Region = lazy(async () => ({ default: (await load()).Region }));

/** Where notices appear. Once, at the root. */
export function ToastRegion() {
  return (
    <Suspense fallback={null}>
      <Region />
    </Suspense>
  );
}

/** Something was done. What went wrong stands where it happened, as a banner, and never here. */
export function showDone(title: string, description?: string): void {
  void load().then(({ addNotice }) => addNotice(title, description));
}
