import { Button } from '@naru/ui/button.tsx';
import { Select } from '@naru/ui/select.tsx';
import { priorities, withdrawalStates } from '@naru/wire/withdrawal.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { priorityTexts, withdrawalStateTexts } from '../../i18n/withdrawal-states.ts';
import { FilterField } from '../../primitives/filter-field.tsx';
import { TimeRangeControl } from '../../primitives/time-range-control.tsx';
import { listTexts } from './withdrawal-list.texts.ts';
import {
  rangeOf,
  statesOf,
  type TextFilter,
  textFilters,
  type WithdrawalSearch,
} from './withdrawal-search.ts';

type Props = { search: WithdrawalSearch; onChange: (changed: Partial<WithdrawalSearch>) => void };

const ANY = 'any';

/** What is used most, in one line; everything else the API knows behind a button, open where one of it is in use. */
export function WithdrawalFilters({ search, onChange }: Props) {
  const words = useTexts(listTexts);
  const isUsed =
    textFilters.some((name) => search[name] !== undefined) ||
    [search.priority, search.hasDeadLetter, search.chain, search.order].some((one) => one !== undefined);
  const [choice, setChoice] = useState<boolean | null>(null);
  const isOpen = choice ?? isUsed;
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-3">
      <div className="flex flex-wrap items-end gap-2">
        <FilterField
          label={words.search}
          placeholder={words.searchHint}
          type="search"
          value={search.q}
          onCommit={(q) => onChange({ q })}
          className="w-64 max-md:w-full"
        />
        <TimeRangeControl
          range={rangeOf(search)}
          onChange={({ preset, from, to }) =>
            onChange({ preset: preset === 'all' ? undefined : preset, from, until: to })
          }
        />
        <Button variant="outline" size="md" aria-expanded={isOpen} onPress={() => setChoice(!isOpen)}>
          {isOpen ? words.fewerFilters : words.moreFilters}
        </Button>
      </div>
      {isOpen ? <MoreFilters search={search} onChange={onChange} /> : null}
    </div>
  );
}

function MoreFilters({ search, onChange }: Props) {
  const words = useTexts(listTexts);
  const priorityNames = useTexts(priorityTexts);
  const states = useTexts(withdrawalStateTexts);
  const assets = useQuery({
    queryKey: ['assets', 'all'],
    queryFn: ({ signal }) => naru.admin.assets.list({ signal }),
    staleTime: 60_000,
  });
  const names = (of: 'chain' | 'asset') => [...new Set((assets.data ?? []).map((one) => one[of]))].sort();
  const selected = statesOf(search.state);
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(10.5rem,1fr))] items-end gap-2">
      <Select
        label={words.state}
        value={selected.length === 1 ? (selected[0] ?? ANY) : ANY}
        choices={[
          { value: ANY, label: words.any },
          ...withdrawalStates.map((value) => ({ value, label: states[value] })),
        ]}
        onChange={(value) => onChange({ state: value === ANY ? undefined : value })}
      />
      <Choice
        label={words.chain}
        value={search.chain}
        values={names('chain')}
        onChange={(chain) => onChange({ chain })}
      />
      <Choice
        label={words.asset}
        value={search.asset}
        values={names('asset')}
        onChange={(asset) => onChange({ asset })}
      />
      <Choice
        label={words.priority}
        value={search.priority}
        values={priorities}
        nameOf={(value) => priorityNames[value]}
        onChange={(priority) => onChange({ priority })}
      />
      {textFilters.map((name) => (
        <FilterField
          key={name}
          label={words[name]}
          value={search[name]}
          isMono
          {...(name.startsWith('amount') ? { inputMode: 'decimal' as const } : {})}
          onCommit={(value) => onChange({ [name]: value } as Partial<Record<TextFilter, string>>)}
        />
      ))}
      <Select
        label={words.deadLetter}
        value={search.hasDeadLetter === undefined ? ANY : search.hasDeadLetter ? 'yes' : 'no'}
        choices={[
          { value: ANY, label: words.any },
          { value: 'yes', label: words.withDeadLetter },
          { value: 'no', label: words.withoutDeadLetter },
        ]}
        onChange={(value) => onChange({ hasDeadLetter: value === ANY ? undefined : value === 'yes' })}
      />
      <Select
        label={words.order}
        value={search.order ?? 'newest'}
        choices={[
          { value: 'newest', label: words.newest },
          { value: 'oldest', label: words.oldest },
        ]}
        onChange={(order) => onChange({ order: order === 'newest' ? undefined : order })}
      />
    </div>
  );
}

function Choice<Value extends string>(props: {
  label: string;
  value: Value | undefined;
  values: readonly Value[];
  nameOf?: (value: Value) => string;
  onChange: (value: Value | undefined) => void;
}) {
  const words = useTexts(listTexts);
  const { value, nameOf = (one: Value) => one } = props;
  // One that came with the address stays there to be seen, though it is none that is known.
  const values =
    value === undefined || props.values.includes(value) ? props.values : [value, ...props.values];
  return (
    <Select<string>
      label={props.label}
      value={value ?? ANY}
      choices={[
        { value: ANY, label: words.any },
        ...values.map((one) => ({ value: one as string, label: nameOf(one) })),
      ]}
      onChange={(chosen) => props.onChange(chosen === ANY ? undefined : (chosen as Value))}
    />
  );
}
