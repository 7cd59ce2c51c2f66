import { Button, type ButtonProps } from '@naru/ui/button.tsx';
import { Menu } from '@naru/ui/menu.tsx';
import { useState } from 'react';
import { CommandDialog, type CommandSpec } from './command-dialog.tsx';

/** A verb with its dialog. One that cannot be done now stays in its place and says why. */
export function CommandButton(props: {
  label: string;
  command: CommandSpec;
  /** Says what it is about where the same verb stands in every row; the label is part of it. */
  name?: string;
  variant?: ButtonProps['variant'];
  disabledBecause?: string | null;
  onOpen?: () => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const because = props.disabledBecause ?? null;
  return (
    <span className="inline-flex flex-col items-start gap-1">
      <Button
        variant={props.variant ?? 'outline'}
        isDisabled={because !== null}
        {...(props.name === undefined ? {} : { 'aria-label': props.name })}
        onPress={() => {
          props.onOpen?.();
          setOpen(true);
        }}
      >
        {props.label}
      </Button>
      {because === null ? null : <span className="text-xs text-muted">{because}</span>}
      <CommandDialog {...props.command} isOpen={isOpen} onClose={() => setOpen(false)} />
    </span>
  );
}

export type MenuCommand = {
  id: string;
  label: string;
  command: CommandSpec;
  disabledBecause?: string | undefined;
  isDanger?: boolean;
};

/** Several verbs behind one button. */
export function CommandMenu(props: {
  label: string;
  name?: string;
  variant?: ButtonProps['variant'];
  commands: readonly MenuCommand[];
  onOpen?: (id: string) => void;
}) {
  const [open, setOpen] = useState<string | null>(null);
  const chosen = props.commands.find((one) => one.id === open);
  return (
    <>
      <Menu
        label={props.name ?? props.label}
        trigger={
          <Button variant={props.variant ?? 'outline'} aria-label={props.name ?? props.label}>
            {props.label}
          </Button>
        }
        entries={props.commands}
        onChoose={(id) => {
          props.onOpen?.(id);
          setOpen(id);
        }}
      />
      {chosen === undefined ? null : (
        <CommandDialog {...chosen.command} isOpen onClose={() => setOpen(null)} />
      )}
    </>
  );
}
