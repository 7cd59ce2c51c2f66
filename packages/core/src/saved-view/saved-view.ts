import type { Role } from '@naru/wire/role.ts';

/** Filters of a list under a name, shared in an organisation. */
export type SavedView = {
  /** UUID. */
  id: string;
  list: string;
  name: string;
  /** As the page of the list has it in its address. */
  filter: Record<string, string | number | boolean>;
  /** Whose it is; null: everybody's. */
  role: Role | null;
  savedBy: string;
  createdAt: Date;
};

export type SavedViewErrorCode = 'saved_view_not_found';
