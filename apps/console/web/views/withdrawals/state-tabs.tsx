import type { WithdrawalCountsBody } from '@naru/wire/operated-withdrawal.ts';
import type { WithdrawalStateName } from '@naru/wire/withdrawal.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { movingStates, withdrawalStateTexts } from '../../i18n/withdrawal-states.ts';
import { TabLinks } from '../../primitives/tab-links.tsx';
import { listTexts } from './withdrawal-list.texts.ts';

type Counts = WithdrawalCountsBody['data'] | undefined;

const alone = ['REVIEW', 'CONFIRMED', 'FAILED', 'CANCELED'] as const;

/** States as tabs with how many are in each; "on the way" is several at once, and can be taken apart in the filters. */
export function StateTabs(props: {
  counts: Counts;
  selected: readonly WithdrawalStateName[];
  onSelect: (states: readonly WithdrawalStateName[]) => void;
}) {
  const words = useTexts(listTexts);
  const names = useTexts(withdrawalStateTexts);
  const mark = (states: readonly WithdrawalStateName[]) => {
    if (props.counts === undefined) return '·';
    const counted = props.counts.filter((one) => states.length === 0 || states.includes(one.state));
    const sum = formatCount(counted.reduce((all, one) => all + one.count, 0));
    return counted.every((one) => one.isExact) ? sum : words.moreThan(sum);
  };
  const tabs: { label: string; states: readonly WithdrawalStateName[] }[] = [
    { label: words.all, states: [] },
    { label: words.moving, states: movingStates },
    ...alone.map((state) => ({ label: names[state], states: [state] })),
  ];
  return (
    <TabLinks
      label={words.states}
      tabs={tabs.map(({ label, states }) => ({ id: states.join(), label, mark: mark(states) }))}
      selected={props.selected.join()}
      onSelect={(id) => props.onSelect(tabs.find((tab) => tab.states.join() === id)?.states ?? [])}
    />
  );
}
