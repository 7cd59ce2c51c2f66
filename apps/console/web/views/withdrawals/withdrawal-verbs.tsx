import { Button } from '@naru/ui/button.tsx';
import { Menu } from '@naru/ui/menu.tsx';
import type { Scope } from '@naru/wire/role.ts';
import type { WithdrawalActionBody, WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { type ReactNode, useState } from 'react';
import { type Me, useMe } from '../../app/me.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { useWithdrawalCommands } from './use-withdrawal-commands.tsx';
import { verbTexts } from './verb.texts.ts';

type Verb = WithdrawalActionBody['verb'];

/** Any one of them will do. */
const scopesOf: Readonly<Record<Verb, readonly Scope[]>> = {
  approve: ['approvals:write', 'admin'],
  deny: ['approvals:write', 'admin'],
  cancel: ['withdrawals:write'],
  retry: ['operations:write'],
  bump: ['operations:write'],
  release: ['operations:write'],
  close: ['operations:write'],
  note: ['operations:write'],
};
const dangers: readonly Verb[] = ['deny', 'cancel', 'release'];
/** What one most likely came to do stands as a button, the first that may be done; all else in the menu. */
const first: readonly Verb[] = ['approve', 'retry', 'bump', 'release', 'cancel', 'note'];

/** What the viewer may do about a withdrawal: the buttons, the menu that says of the rest why not, and the dialog of one. */
export function useWithdrawalVerbs(detail: WithdrawalDetailBody): {
  actions: ReactNode;
  /** The same without the button, where the banner above has it. */
  menu: ReactNode;
  /** The button of one verb, where it may be done now. */
  button: (verb: Verb) => ReactNode;
  dialog: ReactNode;
} {
  const words = useTexts(verbTexts);
  const locale = useLocale();
  const me = useMe();
  const [verb, setVerb] = useState<Verb | null>(null);
  const commands = useWithdrawalCommands(detail);
  const offered = detail.actions.filter((action) => mayEver(me, action.verb));
  const button = (of: Verb) => {
    const action = offered.find((one) => one.verb === of);
    return action?.allowed && commands[of] !== null ? (
      <Button
        key={of}
        variant={
          dangers.includes(of) ? 'danger-soft' : of === 'note' || of === 'close' ? 'outline' : 'primary'
        }
        onPress={() => setVerb(of)}
      >
        {words[of]}
      </Button>
    ) : null;
  };
  const spec = verb === null ? null : commands[verb];
  const menu =
    offered.length === 0 ? null : (
      <Menu
        label={words.verbs}
        trigger={<Button variant="outline">{words.verbs}</Button>}
        entries={offered.map((action) => ({
          id: action.verb,
          label: words[action.verb],
          isDanger: dangers.includes(action.verb),
          disabledBecause: action.allowed ? undefined : (action.why?.[locale] ?? action.code ?? words.notNow),
        }))}
        onChoose={(id) => setVerb(id as Verb)}
      />
    );
  const likely = first.find((one) => offered.some((action) => action.verb === one && action.allowed));
  return {
    button,
    menu,
    actions: (
      <>
        {likely === undefined ? null : button(likely)}
        {menu}
      </>
    ),
    dialog: spec === null ? null : <CommandDialog {...spec} isOpen onClose={() => setVerb(null)} />,
  };
}

function mayEver(me: Me, verb: Verb): boolean {
  return scopesOf[verb].some((scope) => me.can(scope));
}
