import pg from 'pg';

/** Everything of a schema that `dumpSchema` writes down; another kind of object stops it, so that none goes missing. */
const KNOWN_KINDS: Readonly<Record<string, string>> = {
  r: 'table',
  i: 'index',
  S: 'sequence',
  v: 'view',
  p: 'partitioned table',
  I: 'index of a partitioned table',
};

type Table = {
  oid: number;
  name: string;
  head: string;
  tail: string;
  columns: string[];
  constraints: string[];
};
type Definition = { owner: number; text: string };

/**
 * The schema `public` as SQL to read: what the migrations add up to. Made from the catalogs, because the server's packages
 * have no pg_dump; the same schema always gives the same text, whatever order it was made in.
 */
export async function dumpSchema(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    // Without it, definitions name the schema of each object or do not, depending on the session.
    await client.query('SET search_path TO public');
    await refuseUnknownKinds(client);
    const [types, functions, tables, views] = [
      await readTypes(client),
      await readFunctions(client),
      await readTables(client),
      await readViews(client),
    ];
    const indexes = await readIndexes(client);
    const triggers = await readTriggers(client);
    const ofTable = (definitions: Definition[], { oid }: Table) =>
      definitions.filter(({ owner }) => owner === oid).map(({ text }) => text);
    const sections = tables.map((table) =>
      [tableText(table), ...ofTable(indexes, table), ...ofTable(triggers, table)].join('\n'),
    );
    return `${[...types, ...sections, ...views, ...functions].join('\n\n')}\n`;
  } finally {
    await client.end();
  }
}

/** A partition has the columns of its table, and no text of its own for them. */
function tableText({ head, tail, columns, constraints }: Table): string {
  if (columns.length === 0) return `${head}${tail};`;
  return `${head} (\n${[...columns, ...constraints].map((line) => `  ${line}`).join(',\n')}\n)${tail};`;
}

async function refuseUnknownKinds(client: pg.Client): Promise<void> {
  const found = await client.query<{ name: string; kind: string }>(
    `SELECT relname AS name, relkind AS kind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname`,
  );
  const strange = found.rows.find(({ kind }) => KNOWN_KINDS[kind] === undefined);
  if (strange !== undefined)
    throw new Error(
      `${strange.name} is of a kind (pg_class.relkind ${strange.kind}) that tools/database/dump-schema.ts does not write down; teach it`,
    );
}

async function readTypes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT format('CREATE TYPE %I AS ENUM (%s);', typname, string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)) AS text
     FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid
     WHERE typnamespace = 'public'::regnamespace
     GROUP BY typname
     UNION ALL
     SELECT format('CREATE DOMAIN %I AS %s%s%s;', typname, format_type(typbasetype, typtypmod),
       CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END,
       coalesce((SELECT string_agg(' CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(pg_constraint.oid), '' ORDER BY conname)
         FROM pg_constraint WHERE contypid = pg_type.oid AND contype = 'c'), ''))
     FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'd'
     ORDER BY 1`,
  );
  return rows.map(({ text }) => text);
}

async function readFunctions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT pg_get_functiondef(oid) AS text FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
     ORDER BY proname, pg_get_function_identity_arguments(oid)`,
  );
  return rows.map(({ text }) => `${text.trimEnd().replaceAll(/[ \t]+$/gm, '')};`);
}

async function readViews(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT format(E'CREATE VIEW %I AS\\n%s', relname, pg_get_viewdef(oid)) AS text FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'v' ORDER BY relname`,
  );
  return rows.map(({ text }) => text);
}

async function readTables(client: pg.Client): Promise<Table[]> {
  const tables = await client.query<Omit<Table, 'columns' | 'constraints'>>(
    `SELECT oid::int AS oid, relname AS name,
       format('CREATE %sTABLE %I', CASE relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END, relname) AS head,
       CASE WHEN relispartition
         THEN format(' PARTITION OF %s %s', (SELECT inhparent FROM pg_inherits WHERE inhrelid = pg_class.oid)::regclass,
                pg_get_expr(relpartbound, oid)) ELSE '' END
         || CASE relkind WHEN 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(oid) ELSE '' END
         || coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', '') AS tail
     FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname`,
  );
  const columns = await client.query<Definition>(
    `SELECT attrelid::int AS owner, format('%I %s%s%s%s%s', attname, format_type(atttypid, atttypmod),
       CASE WHEN attcollation <> typcollation THEN ' COLLATE ' || attcollation::regcollation ELSE '' END,
       CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END,
       CASE attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' WHEN 'd' THEN ' GENERATED BY DEFAULT AS IDENTITY' ELSE '' END,
       CASE attgenerated WHEN 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(adbin, adrelid) || ') STORED'
         WHEN 'v' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(adbin, adrelid) || ') VIRTUAL'
         ELSE coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '') END) AS text
     FROM pg_attribute
     JOIN pg_class ON pg_class.oid = attrelid AND relnamespace = 'public'::regnamespace
       AND relkind IN ('r', 'p') AND NOT relispartition
     JOIN pg_type ON pg_type.oid = atttypid
     LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE attnum > 0 AND NOT attisdropped
     ORDER BY attrelid, attnum`,
  );
  // Not-null constraints stand with their columns.
  const constraints = await client.query<Definition>(
    `SELECT conrelid::int AS owner, format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS text
     FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conparentid = 0 AND contype NOT IN ('n', 't')
     ORDER BY conrelid, position(contype IN 'pufcx'), conname`,
  );
  const textsOf = (definitions: Definition[], oid: number) =>
    definitions.filter(({ owner }) => owner === oid).map(({ text }) => text);
  return tables.rows.map((table) => ({
    ...table,
    columns: textsOf(columns.rows, table.oid),
    constraints: textsOf(constraints.rows, table.oid),
  }));
}

/** Those that belong to no constraint. */
async function readIndexes(client: pg.Client): Promise<Definition[]> {
  const { rows } = await client.query<Definition>(
    `SELECT indrelid::int AS owner, pg_get_indexdef(indexrelid) || ';' AS text
     FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE relnamespace = 'public'::regnamespace AND NOT relispartition
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
     ORDER BY relname`,
  );
  return rows;
}

async function readTriggers(client: pg.Client): Promise<Definition[]> {
  const { rows } = await client.query<Definition>(
    `SELECT tgrelid::int AS owner, pg_get_triggerdef(pg_trigger.oid) || ';' AS text
     FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
     WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal AND tgparentid = 0
     ORDER BY tgname`,
  );
  return rows;
}
