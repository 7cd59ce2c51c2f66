import { Dialog } from '@naru/ui/dialog.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import type { ApiKeyBody } from '@naru/wire/person.ts';
import type { Scope } from '@naru/wire/role.ts';
import { Link } from '@tanstack/react-router';
import { useMe } from '../../app/me.ts';
import { common } from '../../i18n/common.ts';
import { useTexts } from '../../i18n/locale.ts';
import { scopeTexts } from '../../i18n/scopes.ts';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { apiKeyTexts } from './api-key.texts.ts';
import { ApiKeyState } from './api-key-state.tsx';

export function ApiKeyDialog({ apiKey, onClose }: { apiKey: ApiKeyBody | null; onClose: () => void }) {
  const words = useTexts(apiKeyTexts);
  const shared = useTexts(common);
  return (
    <Dialog
      isOpen={apiKey !== null}
      onClose={onClose}
      title={apiKey?.name ?? words.detail}
      closeLabel={shared.close}
      size="lg"
    >
      {apiKey === null ? null : <Facts apiKey={apiKey} />}
    </Dialog>
  );
}

function Facts({ apiKey }: { apiKey: ApiKeyBody }) {
  const words = useTexts(apiKeyTexts);
  const me = useMe();
  return (
    <>
      <KeyValues
        rows={[
          [words.state, <ApiKeyState key="state" apiKey={apiKey} />],
          [words.prefix, <code key="prefix">{apiKey.prefix}…</code>],
          ['ID', <ShortId key="id" text={apiKey.id} />],
          [words.scopes, <Scopes key="scopes" scopes={apiKey.scopes} />],
          [words.holder, apiKey.holder ?? '—'],
          [words.ipAllowList, apiKey.ipAllowList?.join(', ') ?? words.everywhere],
          [words.created, <Time key="created" at={apiKey.createdAt} />],
          [
            words.expires,
            apiKey.expiresAt === null ? words.never : <Time key="expires" at={apiKey.expiresAt} />,
          ],
          ...(apiKey.revokedAt === null
            ? []
            : [[words.revoked, <Time key="revoked" at={apiKey.revokedAt} />] as const]),
        ]}
      />
      {me.can('audit:read') ? (
        <Link to="/audit" search={{ actor: `api_key:${apiKey.id}` }} className="text-sm text-link underline">
          {words.seeAudit}
        </Link>
      ) : null}
    </>
  );
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  const names = useTexts(scopeTexts);
  return (
    <ul className="flex flex-col gap-0.5">
      {scopes.map((scope) => (
        <li key={scope}>
          {names[scope as Scope]?.name ?? scope} <code className="text-xs text-muted">{scope}</code>
        </li>
      ))}
    </ul>
  );
}
