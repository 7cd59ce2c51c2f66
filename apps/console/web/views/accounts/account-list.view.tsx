import { Tabs } from '@naru/ui/tabs.tsx';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { ReadOnlyNote } from '../../primitives/table-card.tsx';
import { accountTexts } from './account.texts.ts';
import { AccountCards } from './account-cards.tsx';
import { Forecast } from './account-forecast.tsx';
import { Thresholds } from './account-thresholds.tsx';
import { Transfers } from './account-transfers.tsx';
import { AddAccount } from './account-verbs.tsx';
import type { AccountTab } from './routes.ts';

/** The accounts of ours on the chains, and the money that moves between them. */
export function AccountListView() {
  const words = useTexts(accountTexts);
  const me = useMe();
  const navigate = useNavigate();
  const { tab = 'accounts' } = useSearch({ strict: false }) as { tab?: AccountTab };
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
          { id: 'transfers', label: words.transfers, content: <Transfers /> },
          { id: 'thresholds', label: words.thresholds, content: <Thresholds /> },
          { id: 'forecast', label: words.forecast, content: <Forecast /> },
        ]}
      />
    </Page>
  );
}
