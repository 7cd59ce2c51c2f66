import { SkeletonRows } from '@naru/ui/skeleton.tsx';
import { Tabs } from '@naru/ui/tabs.tsx';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense } from 'react';
import { useMe } from '../../app/me.ts';
import { common } from '../../i18n/common.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { accountTexts } from './account.texts.ts';
import { AccountCards } from './account-cards.tsx';
import { AddAccount } from './account-verbs.tsx';

const Forecast = lazy(async () => ({ default: (await import('./account-forecast.tsx')).Forecast }));
const Thresholds = lazy(async () => ({ default: (await import('./account-thresholds.tsx')).Thresholds }));
const Transfers = lazy(async () => ({ default: (await import('./account-transfers.tsx')).Transfers }));

/** What is behind a tab is loaded when it is opened. */
function Later({ of: Content }: { of: ComponentType }) {
  const { loading } = useTexts(common);
  return (
    <Suspense fallback={<SkeletonRows label={loading} />}>
      <Content />
    </Suspense>
  );
}

/** The accounts of ours on the chains, and the money that moves between them. */
export function AccountListView() {
  const words = useTexts(accountTexts);
  const me = useMe();
  const navigate = useNavigate();
  const { tab = 'accounts' } = useSearch({ from: '/shell/accounts' });
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        me.can('admin') ? (
          <AddAccount />
        ) : me.can('operations:write') ? null : (
          <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>
        )
      }
    >
      <Tabs
        label={words.title}
        selected={tab}
        onSelect={(id) => void navigate({ to: '.', search: id === 'accounts' ? {} : { tab: id } })}
        tabs={[
          { id: 'accounts', label: words.accounts, content: <AccountCards /> },
          { id: 'transfers', label: words.transfers, content: <Later of={Transfers} /> },
          { id: 'thresholds', label: words.thresholds, content: <Later of={Thresholds} /> },
          { id: 'forecast', label: words.forecast, content: <Later of={Forecast} /> },
        ]}
      />
    </Page>
  );
}
