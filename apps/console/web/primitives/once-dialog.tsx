import { Button } from '@naru/ui/button.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { ShortId } from './short-id.tsx';

/** Something secret, the one time that it is shown. */
export function OnceDialog(props: {
  secret: string | null;
  onClose: () => void;
  title: string;
  why: string;
}) {
  const words = useTexts(common);
  const { secret, onClose, title, why } = props;
  return (
    <Dialog
      isOpen={secret !== null}
      onClose={onClose}
      title={title}
      closeLabel={words.close}
      footer={
        <Button variant="primary" size="md" onPress={onClose}>
          {words.close}
        </Button>
      }
    >
      <p className="text-sm">{why}</p>
      {secret === null ? null : (
        <div className="rounded-md bg-surface-secondary p-3 text-sm break-all">
          <ShortId text={secret} isWhole />
        </div>
      )}
    </Dialog>
  );
}
