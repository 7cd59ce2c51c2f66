import { Button } from '@naru/ui/button.tsx';
import { Select } from '@naru/ui/select.tsx';
import type { PersonBody } from '@naru/wire/person.ts';
import { type Role, roles } from '@naru/wire/role.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { useTexts } from '../../i18n/locale.ts';
import { roleNames } from '../../i18n/role-names.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { peopleTexts } from './people.texts.ts';

/** Nobody changes their own membership: the buttons stay in their place and say so. */
export function PersonVerbs({ person }: { person: PersonBody }) {
  const words = useTexts(peopleTexts);
  const names = useTexts(roleNames);
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const whyId = useId();
  const [verb, setVerb] = useState<'role' | 'remove' | null>(null);
  const [role, setRole] = useState<Role>(person.role);
  const why = !me.can('people:write')
    ? words.noScope
    : person.email === me.email
      ? words.ownMembership
      : null;
  const shared = {
    onClose: () => setVerb(null),
    reason: 'none',
    onDone: () => void client.invalidateQueries({ queryKey: ['people'] }),
  } as const;
  const described = why === null ? {} : { 'aria-describedby': whyId };
  return (
    <div className="flex flex-col items-end gap-1">
      <div className="flex gap-2">
        <Button isDisabled={why !== null} onPress={() => setVerb('role')} {...described}>
          {words.changeRole}
        </Button>
        <Button
          variant="danger-soft"
          isDisabled={why !== null}
          onPress={() => setVerb('remove')}
          {...described}
        >
          {words.remove}
        </Button>
      </div>
      {why === null ? null : (
        <p id={whyId} className="text-xs text-muted">
          {why}
        </p>
      )}
      <CommandDialog
        {...shared}
        isOpen={verb === 'role'}
        title={words.changeRoleTitle(person.name)}
        consequence={words.changeRoleWhat}
        confirmLabel={words.changeRole}
        fields={
          <Select
            label={words.newRole}
            value={role}
            choices={roles.map((value) => ({ value, label: names[value] }))}
            onChange={setRole}
            hint={role === person.role ? words.sameRole : words[`${role}Means`]}
          />
        }
        fieldProblem={role === person.role ? words.sameRole : null}
        run={({ idempotencyKey }) => naru.people.changeRole(person.id, role, { idempotencyKey })}
        doneText={words.roleChanged}
      />
      <CommandDialog
        {...shared}
        isOpen={verb === 'remove'}
        title={words.removeTitle(person.name)}
        consequence={words.removeWhat}
        confirmLabel={words.remove}
        tone="danger"
        run={({ idempotencyKey }) => naru.people.remove(person.id, { idempotencyKey })}
        doneText={words.removedDone}
        onDone={() => {
          shared.onDone();
          void navigate({ to: '/people' });
        }}
      />
    </div>
  );
}
