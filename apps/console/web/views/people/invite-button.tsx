import { Button } from '@naru/ui/button.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { type Role, roles } from '@naru/wire/role.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { roleNames } from '../../i18n/role-names.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { OnceDialog } from '../../primitives/once-dialog.tsx';
import { peopleTexts } from './people.texts.ts';

export function InviteButton() {
  const words = useTexts(peopleTexts);
  const names = useTexts(roleNames);
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [told, setTold] = useState<{ secret: string | null } | null>(null);
  const problem = /^\S+@\S+\.\S+$/.test(email.trim()) ? null : words.inviteProblem;
  return (
    <>
      <Button variant="primary" onPress={() => setOpen(true)}>
        {words.invite}
      </Button>
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.inviteTitle}
        consequence={words.inviteWhat}
        confirmLabel={words.invite}
        reason="none"
        fields={
          <>
            <TextField
              label={words.email}
              type="email"
              inputMode="email"
              autoComplete="off"
              value={email}
              onChange={setEmail}
              error={email === '' ? null : problem}
              isRequired
            />
            <Select
              label={words.role}
              value={role}
              choices={roles.map((value) => ({ value, label: names[value] }))}
              onChange={setRole}
              hint={words[`${role}Means`]}
            />
          </>
        }
        fieldProblem={problem}
        run={async ({ idempotencyKey }) => {
          const made = await naru.people.invitations.create(
            { email: email.trim(), role },
            { idempotencyKey },
          );
          // In the fragment, which no server and no log gets to see.
          setTold({
            secret: made.token === null ? null : `${location.origin}/invitation#token=${made.token}`,
          });
        }}
        doneText={null}
        onDone={() => {
          setEmail('');
          void client.invalidateQueries({ queryKey: ['people'] });
        }}
      />
      <OnceDialog
        secret={told?.secret ?? null}
        onClose={() => setTold(null)}
        title={words.linkTitle}
        why={words.linkWhy}
        lost={told?.secret === null ? words.linkLost : null}
      />
    </>
  );
}
