import { Description } from '@heroui/react/description';
import { Label } from '@heroui/react/label';
import { ListBox } from '@heroui/react/list-box';
import { Select as HeroSelect } from '@heroui/react/select';
import type { ReactNode } from 'react';

export type Choice<Value extends string> = { value: Value; label: string };

export function Select<Value extends string>(props: {
  label: string;
  value: Value;
  choices: readonly Choice<Value>[];
  onChange: (value: Value) => void;
  hint?: ReactNode;
  isLabelHidden?: boolean;
  isDisabled?: boolean;
  className?: string;
}) {
  const { label, value, choices, onChange, hint, isLabelHidden, className } = props;
  return (
    <HeroSelect
      selectedKey={value}
      onSelectionChange={(key) => key !== null && onChange(String(key) as Value)}
      isDisabled={props.isDisabled ?? false}
      className={`flex flex-col gap-1 ${className ?? ''}`}
      aria-label={label}
    >
      {isLabelHidden ? null : <Label className="text-sm font-medium">{label}</Label>}
      <HeroSelect.Trigger className="min-h-9 rounded-md px-2.5 py-1.5">
        <HeroSelect.Value />
        <HeroSelect.Indicator />
      </HeroSelect.Trigger>
      {hint ? <Description className="text-xs text-muted">{hint}</Description> : null}
      <HeroSelect.Popover className="rounded-md">
        <ListBox>
          {choices.map((choice) => (
            <ListBox.Item key={choice.value} id={choice.value} textValue={choice.label}>
              {choice.label}
              <ListBox.ItemIndicator />
            </ListBox.Item>
          ))}
        </ListBox>
      </HeroSelect.Popover>
    </HeroSelect>
  );
}
