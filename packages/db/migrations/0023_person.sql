-- People who sign in: their accounts, sessions and second factors as better-auth keeps them, and their memberships.

CREATE TABLE person (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  -- Also the holder of the person's keys, so it stays.
  email text NOT NULL UNIQUE CHECK (email = lower(btrim(email)) AND length(email) BETWEEN 3 AND 100),
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  two_factor_enabled boolean DEFAULT false,
  last_signed_in_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER person_audit AFTER INSERT OR DELETE ON person
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER person_name_audit AFTER UPDATE OF name, email ON person
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

CREATE TABLE person_session (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  -- Opens nothing alone: the cookie carries it with a signature.
  token text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  -- When a second factor was last proven in this session; null: never.
  proven_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX person_session_person ON person_session (person_id);

CREATE TABLE person_account (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  account_id text NOT NULL,
  -- 'credential': a password. There is no other.
  provider_id text NOT NULL CHECK (provider_id = 'credential'),
  -- scrypt, with its salt.
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (person_id, provider_id)
);

-- Challenges that wait for an answer: of a sign-in for its second factor, of a passkey.
CREATE TABLE person_verification (
  id uuid PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX person_verification_identifier ON person_verification (identifier);
CREATE INDEX person_verification_age ON person_verification (expires_at);

CREATE TABLE person_two_factor (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL UNIQUE REFERENCES person (id) ON DELETE CASCADE,
  -- Both encrypted with the secret of the installation.
  secret text NOT NULL,
  backup_codes text NOT NULL,
  verified boolean DEFAULT false,
  failed_verification_count integer DEFAULT 0,
  locked_until timestamptz
);

CREATE TABLE person_passkey (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  name text CHECK (length(name) <= 100),
  public_key text NOT NULL,
  credential_id text NOT NULL UNIQUE,
  -- 32 bits without a sign, and never counted with: a number of JavaScript.
  counter double precision NOT NULL CHECK (counter >= 0),
  device_type text NOT NULL,
  backed_up boolean NOT NULL,
  transports text,
  aaguid text,
  created_at timestamptz DEFAULT now()
);
CREATE INDEX person_passkey_person ON person_passkey (person_id);

-- How often an address has asked, by path.
CREATE TABLE person_rate_limit (
  id uuid PRIMARY KEY,
  key text NOT NULL UNIQUE,
  count integer NOT NULL,
  last_request bigint NOT NULL
);

-- Wrong passwords and codes in a row, by what was typed as an e-mail: whether there is such a person is not told.
CREATE TABLE person_lock (
  email text PRIMARY KEY CHECK (length(email) BETWEEN 1 AND 100),
  failed_count integer NOT NULL CHECK (failed_count >= 0),
  last_failed_at timestamptz NOT NULL,
  locked_until timestamptz
);

-- The key of a person: no token opens it. It is what votes, limits and the audit log know the person by.
ALTER TABLE api_key ADD COLUMN person_id uuid REFERENCES person (id);

CREATE TABLE person_membership (
  id uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES person (id),
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin', 'auditor')),
  api_key_id uuid NOT NULL UNIQUE REFERENCES api_key (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);
-- A person works for one organisation at a time.
CREATE UNIQUE INDEX person_membership_current ON person_membership (person_id) WHERE ended_at IS NULL;
CREATE INDEX person_membership_organisation ON person_membership (organisation_id, id);
CREATE TRIGGER person_membership_audit AFTER INSERT OR UPDATE OR DELETE ON person_membership
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

CREATE TABLE person_invitation (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  email text NOT NULL CHECK (email = lower(btrim(email)) AND length(email) BETWEEN 3 AND 100),
  role text NOT NULL CHECK (role IN ('viewer', 'operator', 'approver', 'admin', 'auditor')),
  network text NOT NULL CHECK (network IN ('test', 'live')),
  -- SHA-256 of the token in the link.
  key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
  invited_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at timestamptz,
  CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
CREATE INDEX person_invitation_organisation ON person_invitation (organisation_id, id);
-- An invitation that waits for an e-mail is the only one.
CREATE UNIQUE INDEX person_invitation_waiting ON person_invitation (organisation_id, email)
  WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE TRIGGER person_invitation_audit AFTER INSERT OR UPDATE OR DELETE ON person_invitation
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- What a person did is read from the log by who acted, the newest first.
CREATE INDEX audit_event_actor ON audit_event (actor, position);
