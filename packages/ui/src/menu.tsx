import { Dropdown } from '@heroui/react/dropdown';
import type { ReactElement } from 'react';

export type MenuEntry = {
  id: string;
  label: string;
  /** Why it cannot be chosen now; it stays in its place and says so. */
  disabledBecause?: string | undefined;
  isDanger?: boolean;
};

/** `trigger` is a `Button`. */
export function Menu(props: {
  trigger: ReactElement;
  label: string;
  entries: readonly MenuEntry[];
  onChoose: (id: string) => void;
}) {
  return (
    <Dropdown>
      {props.trigger}
      <Dropdown.Popover className="rounded-md">
        <Dropdown.Menu
          aria-label={props.label}
          onAction={(key) => props.onChoose(String(key))}
          disabledKeys={props.entries.flatMap((one) => (one.disabledBecause === undefined ? [] : [one.id]))}
        >
          {props.entries.map((entry) => (
            <Dropdown.Item
              key={entry.id}
              id={entry.id}
              textValue={entry.label}
              variant={entry.isDanger ? 'danger' : 'default'}
            >
              <span className="flex flex-col">
                <span>{entry.label}</span>
                {entry.disabledBecause === undefined ? null : (
                  <span className="text-xs text-muted">{entry.disabledBecause}</span>
                )}
              </span>
            </Dropdown.Item>
          ))}
        </Dropdown.Menu>
      </Dropdown.Popover>
    </Dropdown>
  );
}
