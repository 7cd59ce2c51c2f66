import { Checkbox } from '@naru/ui/toggle.tsx';
import type { Scope } from '@naru/wire/role.ts';
import { useTexts } from '../../i18n/locale.ts';
import { scopeGroups, scopeGroupTexts, scopeTexts } from '../../i18n/scopes.ts';
import { apiKeyTexts } from './api-key.texts.ts';

/** Permissions to give, in groups, each with what it allows. A vote cannot be given to a program. */
export function ScopePicker({
  selected,
  onChange,
  problem,
}: {
  selected: readonly Scope[];
  onChange: (scopes: readonly Scope[]) => void;
  problem: string | null;
}) {
  const words = useTexts(apiKeyTexts);
  const names = useTexts(scopeTexts);
  const groups = useTexts(scopeGroupTexts);
  return (
    <fieldset className="flex flex-col gap-3 border-0 p-0">
      <legend className="text-sm font-medium">{words.scopes}</legend>
      {scopeGroups.map((group) => (
        <fieldset key={group.id} className="flex flex-col gap-2 rounded-md border border-border p-3">
          <legend className="px-1 text-xs text-muted">{groups[group.id]}</legend>
          {group.scopes
            .filter((scope) => scope !== 'approvals:write')
            .map((scope) => (
              <div key={scope}>
                <Checkbox
                  isSelected={selected.includes(scope)}
                  onChange={(isSelected) =>
                    onChange(isSelected ? [...selected, scope] : selected.filter((one) => one !== scope))
                  }
                >
                  {names[scope].name}
                </Checkbox>
                <p className="ps-7 text-xs text-muted">
                  {names[scope].means} <code>{scope}</code>
                </p>
              </div>
            ))}
        </fieldset>
      ))}
      {problem === null ? null : (
        <p role="alert" className="text-sm text-bad-text">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
