import { Link } from '@tanstack/react-router';
import { useTexts } from '../../i18n/locale.ts';
import { peopleTexts } from './people.texts.ts';

const places = [
  { to: '/people', name: 'members' },
  { to: '/people/invitations', name: 'invitations' },
  { to: '/people/roles', name: 'roles' },
] as const;

/** The parts of this area, each with its address. */
export function PeopleTabs() {
  const words = useTexts(peopleTexts);
  return (
    <nav aria-label={words.sections} className="flex gap-1 overflow-x-auto border-b border-border">
      {places.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true }}
          className="inline-flex min-h-10 items-center border-b-2 border-transparent px-3 text-sm whitespace-nowrap text-muted outline-offset-[-2px] hover:text-foreground focus-visible:outline-2 focus-visible:outline-focus"
          activeProps={{
            className: 'border-b-accent! font-semibold text-foreground!',
            'aria-current': 'page',
          }}
        >
          {words[name]}
        </Link>
      ))}
    </nav>
  );
}
