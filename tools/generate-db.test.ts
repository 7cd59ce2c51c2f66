import { randomBytes } from 'node:crypto';
import { createDatabase, dropDatabase, runStatement } from '@naru/local-servers/databases.ts';
import { describe, expect, inject, test } from 'vitest';
import { dumpSchema } from './database/dump-schema.ts';
import { findDrift, generateDatabaseFiles } from './database/generate.ts';

const adminUrl = inject('postgresUrl');

test('types and schema.sql are what the migrations give', async () => {
  const generated = await generateDatabaseFiles(adminUrl);
  expect([...generated.keys()]).toEqual(['packages/db/src/schema.gen.ts', 'packages/db/schema.sql']);
  expect(await findDrift(generated), 'run: node tools/generate-db.ts').toEqual([]);
});

test('drift is found, also where there is no such file', async () => {
  const files = new Map([
    ['package.json', 'another text'],
    ['packages/db/none.sql', ''],
  ]);
  expect(await findDrift(files)).toEqual(['package.json', 'packages/db/none.sql']);
});

describe('dumpSchema', () => {
  async function dump(...statements: string[]): Promise<string> {
    const name = `dump_${randomBytes(6).toString('hex')}`;
    const url = await createDatabase(adminUrl, name);
    try {
      for (const statement of statements) await runStatement(url, statement);
      return await dumpSchema(url);
    } finally {
      await dropDatabase(adminUrl, name);
    }
  }

  const PARENT =
    'CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL)';
  const CHILD = `CREATE UNLOGGED TABLE child (
    parent_id bigint NOT NULL REFERENCES parent (id),
    amount numeric(78, 0) NOT NULL DEFAULT 0 CHECK (amount >= 0),
    half numeric GENERATED ALWAYS AS (amount / 2) STORED,
    note text COLLATE "C",
    UNIQUE (parent_id)
  ) WITH (fillfactor = 25)`;
  const INDEX = 'CREATE INDEX child_amount ON child (amount) WHERE amount > 0';
  const FUNCTION = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$";
  const TRIGGER = 'CREATE TRIGGER child_guard BEFORE DELETE ON child FOR EACH ROW EXECUTE FUNCTION refuse()';

  test('writes down tables, constraints, indexes, triggers and functions', async () => {
    expect(await dump(PARENT, CHILD, INDEX, FUNCTION, TRIGGER)).toBe(`\
CREATE UNLOGGED TABLE child (
  parent_id bigint NOT NULL,
  amount numeric(78,0) NOT NULL DEFAULT 0,
  half numeric GENERATED ALWAYS AS ((amount / (2)::numeric)) STORED,
  note text COLLATE "C",
  CONSTRAINT child_parent_id_key UNIQUE (parent_id),
  CONSTRAINT child_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES parent(id),
  CONSTRAINT child_amount_check CHECK ((amount >= (0)::numeric))
) WITH (fillfactor=25);
CREATE INDEX child_amount ON public.child USING btree (amount) WHERE (amount > (0)::numeric);
CREATE TRIGGER child_guard BEFORE DELETE ON public.child FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TABLE parent (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  state text NOT NULL,
  CONSTRAINT parent_pkey PRIMARY KEY (id)
);

CREATE OR REPLACE FUNCTION public.refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$ BEGIN RAISE 'no'; END $function$;
`);
  });

  test('gives the same text whatever order things were made in', async () => {
    const one = await dump(PARENT, CHILD, INDEX, FUNCTION, TRIGGER);
    expect(await dump(FUNCTION, PARENT, CHILD, TRIGGER, INDEX)).toBe(one);
  });

  test('writes a partition as what it is of, and nothing twice', async () => {
    const log = 'CREATE TABLE log (at date NOT NULL, note text, PRIMARY KEY (at)) PARTITION BY RANGE (at)';
    const guard = 'CREATE TRIGGER log_guard BEFORE DELETE ON log FOR EACH ROW EXECUTE FUNCTION refuse()';
    const others = 'CREATE TABLE log_others PARTITION OF log DEFAULT';
    const text = await dump(FUNCTION, log, 'CREATE INDEX log_note ON log (note)', guard, others);
    expect(text.split('CREATE OR REPLACE')[0]).toBe(`\
CREATE TABLE log (
  at date NOT NULL,
  note text,
  CONSTRAINT log_pkey PRIMARY KEY (at)
) PARTITION BY RANGE (at);
CREATE INDEX log_note ON ONLY public.log USING btree (note);
CREATE TRIGGER log_guard BEFORE DELETE ON public.log FOR EACH ROW EXECUTE FUNCTION refuse();

CREATE TABLE log_others PARTITION OF log DEFAULT;

`);
  });

  test('stops at a kind of object that it does not know', async () => {
    await expect(dump(PARENT, 'CREATE MATERIALIZED VIEW copy AS SELECT id FROM parent')).rejects.toThrow(
      'copy is of a kind (pg_class.relkind m)',
    );
  });
});
