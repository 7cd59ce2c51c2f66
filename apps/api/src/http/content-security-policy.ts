import { createHash } from 'node:crypto';

/** A policy that allows nothing but what is named. Source: W3C Content Security Policy Level 3. */
export function contentSecurityPolicy(allowed: Readonly<Record<string, readonly string[]>> = {}): string {
  const directives = {
    'default-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    ...allowed,
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** Allows one inline script or style by its text. */
export function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
