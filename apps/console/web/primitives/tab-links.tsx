import type { ReactNode } from 'react';

/** Parts of one list, of which one is shown; which one, stands in the URL. */
export function TabLinks<Id extends string>(props: {
  label: string;
  tabs: readonly { id: Id; label: string; mark?: ReactNode }[];
  selected: Id;
  onSelect: (id: Id) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
    <div
      role="group"
      aria-label={props.label}
      className="-mb-2 flex gap-1 overflow-x-auto border-b border-border px-0.5 pt-0.5"
    >
      {props.tabs.map((tab) => {
        const isSelected = tab.id === props.selected;
        return (
          <button
            key={tab.id}
            type="button"
            aria-pressed={isSelected}
            onClick={() => props.onSelect(tab.id)}
            className={`flex min-h-10 shrink-0 cursor-pointer items-center gap-2 border-b-2 px-3 text-sm whitespace-nowrap outline-offset-[-2px] focus-visible:outline-2 focus-visible:outline-focus max-md:min-h-11 ${isSelected ? 'border-accent font-semibold' : 'border-transparent text-muted hover:text-foreground'}`}
          >
            {tab.label}
            {tab.mark === undefined ? null : (
              <span className="tabular min-w-8 rounded bg-surface-secondary px-1.5 py-0.5 text-center text-xs font-medium">
                {tab.mark}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}
