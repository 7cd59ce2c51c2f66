import { Tabs as HeroTabs } from '@heroui/react/tabs';
import type { ReactNode } from 'react';

export type TabSpec = { id: string; label: string; content: ReactNode };

export function Tabs(props: {
  label: string;
  tabs: readonly TabSpec[];
  selected: string;
  onSelect: (id: string) => void;
}) {
  return (
    <HeroTabs
      variant="secondary"
      selectedKey={props.selected}
      onSelectionChange={(key) => props.onSelect(String(key))}
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
