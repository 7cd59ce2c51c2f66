import { Banner } from '@naru/ui/banner.tsx';
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
  /** In its place, where that one time was an answer that never came: what to do without it. */
  lost?: string | null;
}) {
  const words = useTexts(common);
  const { secret, onClose, title, why, lost = null } = props;
  return (
    <Dialog
      isOpen={secret !== null || lost !== null}
      onClose={onClose}
      title={title}
      closeLabel={words.close}
      footer={
        <Button variant="primary" size="md" onPress={onClose}>
          {words.close}
        </Button>
      }
    >
      {lost === null ? <p className="text-sm">{why}</p> : <Banner tone="warn" title={lost} />}
      {secret === null ? null : (
        <div className="rounded-md bg-surface-secondary p-3 text-sm break-all">
          <ShortId text={secret} isWhole />
        </div>
      )}
    </Dialog>
  );
}
