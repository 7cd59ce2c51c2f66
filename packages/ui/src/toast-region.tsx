import { Toast, toast } from '@heroui/react/toast';

export function Region() {
  return <Toast.Provider placement="bottom end" />;
}

export function addNotice(title: string, description?: string): void {
  toast.success(title, description === undefined ? {} : { description });
}
