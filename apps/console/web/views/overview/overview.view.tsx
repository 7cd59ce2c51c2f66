import type { OverviewBody } from '@naru/wire/overview.ts';
import { useMemo } from 'react';
import { useInvariants } from '../../i18n/invariants.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { AccountsCard, ForecastCard } from './accounts-card.tsx';
import { AsOf } from './as-of.tsx';
import { BlocksCard, InstancesCard, ProvidersCard } from './chains-card.tsx';
import { findExceptions } from './find-exceptions.ts';
import { FlowCard, LastHourCard } from './flow-card.tsx';
import { ExceptionBoxes, Headline } from './headline.tsx';
import { overviewTexts } from './overview.texts.ts';
import { StagesCard } from './stages-card.tsx';
import { useOverview } from './use-overview.ts';

/** Home: whether money moves, what stands in its way, and how fast it goes. */
export function OverviewView() {
  const words = useTexts(overviewTexts);
  const { query, connection } = useOverview();
  return (
    <Page title={words.title} actions={<AsOf connection={connection} asOf={query.data?.asOf ?? null} />}>
      <QueryView query={query} skeletonRows={12}>
        {(body) => <Everything body={body} />}
      </QueryView>
    </Page>
  );
}

function Everything({ body }: { body: OverviewBody }) {
  const words = useTexts(overviewTexts);
  const locale = useLocale();
  const describe = useInvariants();
  const exceptions = useMemo(
    () => findExceptions(body, { words, locale, nameOf: (invariant) => describe(invariant).name }),
    [body, words, locale, describe],
  );
  return (
    <>
      <Headline body={body} exceptions={exceptions} />
      <ExceptionBoxes exceptions={exceptions} />
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(18rem,1fr)]">
        <FlowCard flow={body.flow} />
        <LastHourCard lastHour={body.lastHour} />
      </div>
      <StagesCard body={body} />
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(18rem,1fr)]">
        <AccountsCard accounts={body.accounts} />
        <ForecastCard forecast={body.forecast} />
      </div>
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <BlocksCard chains={body.blocks} />
        <ProvidersCard providers={body.providers} />
      </div>
      <InstancesCard instances={body.instances} asOf={body.asOf} />
    </>
  );
}
