-- Filters of a list under a name, which colleagues share: everybody in the organisation, or those of one role.
CREATE TABLE saved_view (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  list text NOT NULL CHECK (length(list) BETWEEN 1 AND 40),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  -- As the page of the list has it in its address.
  filter jsonb NOT NULL CHECK (jsonb_typeof(filter) = 'object' AND pg_column_size(filter) <= 4000),
  -- NULL: everybody's.
  role text CHECK (length(role) BETWEEN 1 AND 40),
  saved_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX saved_view_name ON saved_view (organisation_id, list, role, name) NULLS NOT DISTINCT;

CREATE TRIGGER saved_view_audit AFTER INSERT OR UPDATE OR DELETE ON saved_view
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
