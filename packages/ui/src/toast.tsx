import { Toast, toast } from '@heroui/react/toast';

/** Where notices appear. Once, at the root. */
export function ToastRegion() {
  return <Toast.Provider placement="bottom end" />;
}

/** Something was done. What went wrong stands where it happened, as a banner, and never here. */
export function showDone(title: string, description?: string): void {
  toast.success(title, description === undefined ? {} : { description });
}
