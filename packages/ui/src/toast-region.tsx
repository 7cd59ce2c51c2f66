import { Toast, toast } from '@heroui/react/toast';
import { useIsNarrow } from './use-is-narrow.ts';

export function Region() {
  // On a phone a dialog stands at the bottom, and its buttons must not be covered by what was said of the one before.
  return <Toast.Provider placement={useIsNarrow() ? 'top' : 'bottom end'} />;
}

export function addNotice(title: string, description?: string): void {
  toast.success(title, description === undefined ? {} : { description });
}
