/** Who acts, and from where: what every record of a transaction or a session has in common. No secret belongs here. */
export type AuditContext = {
  /** `operator:kim@host1`, `api_key:<uuid>`, `system:jobs` */
  actor: string;
  /** Host name or address. */
  origin: string | null;
  requestId: string | null;
  /** In the operator's own words. */
  reason: string | null;
};

export type AuditEvent = {
  position: bigint;
  at: Date;
  actor: string;
  /** `credit.create`; for a change of a row `<table>.insert`, `.update` or `.delete`. */
  action: string;
  subject: string;
  before: Readonly<Record<string, string | null>> | null;
  after: Readonly<Record<string, string | null>> | null;
  reason: string | null;
  origin: string | null;
  /** The name that the program gave to PostgreSQL. */
  application: string;
  requestId: string | null;
};

export type AuditFilter = {
  /** A part of it. */
  actor?: string;
  /** The beginning of it: `sub_account` finds `sub_account.update`. */
  action?: string;
  /** A part of it, such as an id. */
  subject?: string;
  since?: Date;
  until?: Date;
};
