import { Link } from '@tanstack/react-router';
import { placeOf } from './subject-place.ts';

/** What an entry is about, with the way to it. */
export function Subject({ subject }: { subject: string }) {
  const { kind, id, to } = placeOf(subject);
  const text = `${kind} ${id.length > 20 ? `${id.slice(0, 9)}…${id.slice(-6)}` : id}`;
  if (to === null) return <span title={`${kind} ${id}`}>{text}</span>;
  return (
    <Link to={to} className="text-link underline" title={`${kind} ${id}`}>
      {text}
    </Link>
  );
}
