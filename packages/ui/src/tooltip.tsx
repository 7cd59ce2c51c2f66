import { Tooltip as HeroTooltip } from '@heroui/react/tooltip';
import type { ReactNode } from 'react';

/** More about a thing, on hover and on focus; never the only place where something needed is said. */
export function Tooltip({ text, children }: { text: string; children: ReactNode }) {
  return (
    <HeroTooltip delay={300}>
      <HeroTooltip.Trigger className="inline">{children}</HeroTooltip.Trigger>
      <HeroTooltip.Content className="max-w-80 rounded text-xs">{text}</HeroTooltip.Content>
    </HeroTooltip>
  );
}
