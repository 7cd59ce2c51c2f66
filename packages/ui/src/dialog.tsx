import { Modal } from '@heroui/react/modal';
import type { ReactNode } from 'react';

/** A dialog that holds the focus until it is answered. Escape and its close button leave it, unless work is under way. */
export function Dialog(props: {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  /** The one who cannot see the title's place hears the dialog's name from it. */
  children: ReactNode;
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  isBusy?: boolean;
  closeLabel: string;
}) {
  const { isOpen, onClose, title, children, footer, size = 'md', isBusy = false, closeLabel } = props;
  return (
    <Modal.Backdrop
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open && !isBusy) onClose();
      }}
      isDismissable={false}
      isKeyboardDismissDisabled={isBusy}
    >
      <Modal.Container size={size} scroll="inside" placement="auto">
        <Modal.Dialog className="rounded-lg p-5">
          {isBusy ? null : <Modal.CloseTrigger aria-label={closeLabel} />}
          <Modal.Header>
            <Modal.Heading className="text-lg font-semibold">{title}</Modal.Heading>
          </Modal.Header>
          <Modal.Body className="flex flex-col gap-4 py-3 text-foreground">{children}</Modal.Body>
          {footer ? <Modal.Footer className="flex-wrap">{footer}</Modal.Footer> : null}
        </Modal.Dialog>
      </Modal.Container>
    </Modal.Backdrop>
  );
}
