const places: readonly (readonly [prefix: string, path: string])[] = [
  ['wd_', '/withdrawals'],
  ['dep_', '/deposits'],
  ['bulk_', '/bulk'],
  ['we_', '/webhooks'],
];

/** Where that which an event is about is looked at. */
export function placeOfEvent(id: string): string | null {
  const path = places.find(([prefix]) => id.startsWith(prefix))?.[1];
  return path === undefined ? null : `${path}/${id}`;
}
