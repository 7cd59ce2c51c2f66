import { Tabs as HeroTabs } from '@heroui/react/tabs';
import type { ReactNode } from 'react';

export type TabSpec<Id extends string> = { id: Id; label: string; content: ReactNode };

export function Tabs<Id extends string>(props: {
  label: string;
  tabs: readonly TabSpec<Id>[];
  selected: NoInfer<Id>;
  onSelect: (id: Id) => void;
}) {
  return (
    <HeroTabs
      variant="secondary"
      selectedKey={props.selected}
      onSelectionChange={(key) => props.onSelect(key as Id)}
      className="min-w-0 max-w-full"
    >
      <HeroTabs.ListContainer className="max-w-full overflow-x-auto">
        <HeroTabs.List aria-label={props.label} className="w-fit">
          {props.tabs.map((tab) => (
            <HeroTabs.Tab key={tab.id} id={tab.id} className="whitespace-nowrap">
              {tab.label}
              <HeroTabs.Indicator />
            </HeroTabs.Tab>
          ))}
        </HeroTabs.List>
      </HeroTabs.ListContainer>
      {props.tabs.map((tab) => (
        <HeroTabs.Panel key={tab.id} id={tab.id} className="pt-4">
          {tab.content}
        </HeroTabs.Panel>
      ))}
    </HeroTabs>
  );
}
