import { Card } from '@naru/ui/card.tsx';
import { mayCall, type Role, roles, type Scope, scopesOfRole } from '@naru/wire/role.ts';
import { Check, Minus } from 'lucide-react';
import { useTexts } from '../../i18n/locale.ts';
import { roleNames } from '../../i18n/role-names.ts';
import { scopeGroups, scopeGroupTexts, scopeTexts } from '../../i18n/scopes.ts';
import { Page } from '../../primitives/page.tsx';
import { peopleTexts } from './people.texts.ts';
import { PeopleTabs } from './people-tabs.tsx';

/** Who may do what: the same table that the API decides by. */
export function RoleMatrixView() {
  const words = useTexts(peopleTexts);
  const names = useTexts(roleNames);
  const groups = useTexts(scopeGroupTexts);
  return (
    <Page title={words.roles} lead={words.matrixLead}>
      <PeopleTabs />
      <Card isFlush>
        <section
          className="overflow-x-auto"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard (WCAG 2.1.1)
          tabIndex={0}
          aria-label={words.roles}
        >
          <table className="w-full min-w-[50rem] border-collapse text-sm">
            <thead className="bg-surface-secondary">
              <tr>
                <th scope="col" className="px-4 py-2 text-start text-xs font-semibold text-muted">
                  {words.permission}
                </th>
                {roles.map((role) => (
                  <th key={role} scope="col" className="w-28 px-2 py-2 text-center">
                    <span className="block font-semibold">{names[role]}</span>
                    <span className="block text-xs font-normal text-muted">{words[`${role}Means`]}</span>
                  </th>
                ))}
              </tr>
            </thead>
            {scopeGroups.map((group) => (
              <tbody key={group.id}>
                <tr className="border-t border-border">
                  <th
                    scope="rowgroup"
                    colSpan={roles.length + 1}
                    className="bg-surface-secondary/50 px-4 py-1.5 text-start text-xs font-semibold"
                  >
                    {groups[group.id]}
                  </th>
                </tr>
                {group.scopes.map((scope) => (
                  <ScopeRow key={scope} scope={scope} />
                ))}
              </tbody>
            ))}
          </table>
        </section>
      </Card>
    </Page>
  );
}

function ScopeRow({ scope }: { scope: Scope }) {
  const scopes = useTexts(scopeTexts);
  return (
    <tr className="border-t border-separator">
      <th scope="row" className="px-4 py-2 text-start font-normal">
        <span className="font-medium">{scopes[scope].name}</span>{' '}
        <code className="inline-block whitespace-nowrap text-xs text-muted">{scope}</code>
        <span className="block text-xs text-muted">{scopes[scope].means}</span>
      </th>
      {roles.map((role) => (
        <td key={role} className="px-2 py-2 text-center">
          <Mark role={role} scope={scope} />
        </td>
      ))}
    </tr>
  );
}

function Mark({ role, scope }: { role: Role; scope: Scope }) {
  const words = useTexts(peopleTexts);
  const held: readonly string[] = scopesOfRole[role];
  const may = mayCall(held, scope);
  const Icon = may ? Check : Minus;
  return (
    <span className={`inline-flex items-center gap-1 ${may ? 'text-good-text' : 'text-muted'}`}>
      <Icon className="size-4" aria-hidden />
      <span className={may ? 'text-xs' : 'sr-only'}>
        {may ? (held.includes(scope) ? words.yes : words.included) : words.no}
      </span>
    </span>
  );
}
