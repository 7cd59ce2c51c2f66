import { Checkbox as HeroCheckbox } from '@heroui/react/checkbox';
import { Switch as HeroSwitch } from '@heroui/react/switch';
import type { ReactNode } from 'react';

export function Checkbox(props: {
  children?: ReactNode;
  isSelected: boolean;
  isIndeterminate?: boolean;
  isDisabled?: boolean;
  onChange: (isSelected: boolean) => void;
  'aria-label'?: string;
}) {
  const { children, ...rest } = props;
  return (
    <HeroCheckbox {...rest}>
      <HeroCheckbox.Content>
        <HeroCheckbox.Control>
          <HeroCheckbox.Indicator />
        </HeroCheckbox.Control>
        {children === undefined ? null : <span className="text-sm">{children}</span>}
      </HeroCheckbox.Content>
    </HeroCheckbox>
  );
}

export function Switch(props: {
  children: ReactNode;
  isSelected: boolean;
  isDisabled?: boolean;
  onChange: (isSelected: boolean) => void;
}) {
  const { children, ...rest } = props;
  return (
    <HeroSwitch {...rest} size="sm">
      <HeroSwitch.Content>
        <HeroSwitch.Control>
          <HeroSwitch.Thumb />
        </HeroSwitch.Control>
        <span className="text-sm">{children}</span>
      </HeroSwitch.Content>
    </HeroSwitch>
  );
}
