/** What the programs of a workspace may import. Tests are freer: see TEST_HELPERS and NEVER_IMPORTED. */
export type Boundary = {
  /** Workspaces, besides itself. */
  ours: readonly string[];
  /** Packages of others; all that it declares when absent. */
  theirs?: readonly string[];
  /** Modules it must not know, whatever it declares. */
  unknown?: RegExp;
  why: string;
};

const HTTP_AND_REACT = /^(node:https?2?|fastify|@fastify\/.+|express|koa|hono|react|react-dom|next)(\/|$)/;

/** By folder. Every workspace stands here: a new one begins with the question what it may know. */
export const BOUNDARIES: Readonly<Record<string, Boundary>> = {
  'packages/kit': {
    ours: [],
    theirs: ['pino', 'uuidv7'],
    why: 'kit is below everything, so it imports nothing of ours',
  },
  'packages/wire': {
    ours: ['packages/kit'],
    theirs: ['zod'],
    why: 'wire is the public contract: it holds schemas and runs in browsers',
  },
  'packages/sdk': {
    ours: ['packages/wire', 'packages/kit'],
    theirs: [],
    why: 'the SDK is published, so it must work without our servers and with nothing but the contract',
  },
  'packages/signer-protocol': {
    ours: ['packages/kit', 'packages/safe'],
    theirs: ['viem', 'zod'],
    why: 'it is all that worker and signer share, so nothing else may come along',
  },
  'packages/keystore': {
    ours: ['packages/kit'],
    theirs: ['secp256k1', 'viem', 'zod'],
    why: 'the code that touches keys stays small enough to be read in one sitting',
  },
  'packages/key-aws': {
    ours: ['packages/keystore', 'packages/kit'],
    theirs: ['@aws-sdk/client-kms', '@aws-sdk/client-secrets-manager', 'viem'],
    why: 'keys and master keys in AWS are for the signer and naru keys; whoever has neither loads nothing of it',
  },
  'packages/key-pkcs11': {
    ours: ['packages/keystore', 'packages/kit'],
    theirs: ['pkcs11js', 'viem'],
    why: "a vendor's library is loaded by a process of its own, which knows the token and nothing else of ours",
  },
  'packages/local-aws': {
    ours: [],
    theirs: ['secp256k1'],
    why: 'it plays AWS for development and tests, and shares no code with what it tests',
  },
  'packages/db': {
    ours: ['packages/kit'],
    unknown: HTTP_AND_REACT,
    why: 'the database layer knows no domain',
  },
  'packages/evm': {
    ours: ['packages/kit', 'packages/safe'],
    why: 'evm is an adapter to chains: core calls it, it knows neither core nor the database',
  },
  'packages/ops': {
    ours: ['packages/kit'],
    why: 'every process serves the operations endpoints, the signer too',
  },
  'packages/telemetry': {
    ours: ['packages/kit'],
    theirs: [],
    why: 'whoever tells traces needs it and nothing else: ids, a document and a POST',
  },
  'packages/sqs': {
    ours: ['packages/kit'],
    theirs: ['@aws-sdk/client-sqs', 'prom-client'],
    why: 'a deployment that signals over SQS needs it and no other does: core, database and contract know no cloud',
  },
  'packages/redis': {
    ours: ['packages/kit'],
    theirs: ['@redis/client'],
    why: 'a deployment past one machine may have it and none has to: what it gives can be lost at any time',
  },
  'packages/safe': {
    ours: ['packages/kit'],
    theirs: ['viem'],
    why: 'it says what the owners of a Safe sign, for core, the signer and their own machines alike',
  },
  'packages/outbound': {
    ours: ['packages/kit'],
    theirs: ['ipaddr.js', 'undici'],
    why: 'it calls addresses that strangers name: nothing inside may be within its reach',
  },
  'packages/core': {
    ours: [
      'packages/db',
      'packages/evm',
      'packages/kit',
      'packages/safe',
      'packages/signer-protocol',
      'packages/telemetry',
      'packages/wire',
    ],
    unknown: HTTP_AND_REACT,
    why: 'core is the business: it knows no HTTP framework, no React, no process, no keys and no client; of the contract, the schema of what it stores as it came',
  },
  'packages/identity': {
    ours: ['packages/core', 'packages/db', 'packages/kit', 'packages/wire'],
    theirs: ['@better-auth/passkey', '@better-auth/utils', 'better-auth'],
    why: 'how people sign in is kept away from what they may do: core knows a member, not a password',
  },
  'packages/local-servers': {
    ours: ['packages/kit'],
    why: 'it starts programs for development and tests, and knows none of ours',
  },
  'packages/backup': {
    ours: ['packages/kit'],
    theirs: ['pg', 'zod'],
    why: 'it copies a PostgreSQL whose tables it does not know, and starts no program; what restores one has its server given',
  },
  'packages/supervisor': {
    ours: ['packages/kit', 'packages/local-servers'],
    why: 'it keeps processes running, whichever they are',
  },
  'packages/devnet': {
    ours: ['packages/core', 'packages/db', 'packages/evm', 'packages/kit', 'packages/safe'],
    why: 'it sets up a local chain and its database for development',
  },
  'packages/testkit': {
    ours: ['packages/db', 'packages/kit', 'packages/local-servers'],
    why: 'it serves the tests of every domain, so it knows none',
  },
  'packages/ui': { ours: [], why: 'ui draws; it knows nothing of withdrawals' },
  'apps/signer': {
    ours: [
      'packages/key-aws',
      'packages/key-pkcs11',
      'packages/keystore',
      'packages/kit',
      'packages/ops',
      'packages/signer-protocol',
    ],
    why: 'the signer is its own trust zone: no core, no database, no chain client',
  },
  'apps/api': {
    ours: [
      'packages/core',
      'packages/db',
      'packages/identity',
      'packages/kit',
      'packages/ops',
      'packages/outbound',
      'packages/redis',
      'packages/sqs',
      'packages/telemetry',
      'packages/wire',
    ],
    why: 'the API turns HTTP into calls of core; chains and keys are out of its reach',
  },
  'apps/worker': {
    ours: [
      'packages/backup',
      'packages/core',
      'packages/db',
      'packages/evm',
      'packages/kit',
      'packages/ops',
      'packages/outbound',
      'packages/redis',
      'packages/signer-protocol',
      'packages/sqs',
      'packages/telemetry',
    ],
    why: 'the worker asks the signer for signatures and never meets a key',
  },
  'apps/cli': {
    ours: [
      'packages/backup',
      'packages/core',
      'packages/db',
      'packages/devnet',
      'packages/evm',
      'packages/identity',
      'packages/key-aws',
      'packages/key-pkcs11',
      'packages/keystore',
      'packages/kit',
      'packages/local-servers',
      'packages/redis',
      'packages/sdk',
      'packages/signer-protocol',
      'packages/sqs',
      'packages/supervisor',
      'packages/wire',
    ],
    why: 'the command line is the tool box of operators; other apps it starts as processes',
  },
  'apps/console': {
    ours: ['packages/kit', 'packages/sdk', 'packages/ui', 'packages/wire'],
    why: 'what runs in a browser uses the public API like any client; its server shows files and hands calls on',
  },
  'apps/web': {
    ours: ['packages/sdk', 'packages/ui', 'packages/wire'],
    why: 'what runs in a browser uses the public API like any client',
  },
  contracts: { ours: [], why: 'the contracts stand for themselves' },
};

/** Workspaces whose programs are tests and measurements in themselves: they may import all, apps included. */
export const UNBOUND: readonly string[] = ['', 'bench'];

/** A test may import any package, but these only where they belong: an app is composed by nobody. */
export const APPS = /^apps\//;

/** Reads keys or signs with them. */
export const KEY_MODULES =
  /^(@naru\/(keystore|key-aws|key-pkcs11)(\/|$)|secp256k1(\/|$)|pkcs11js(\/|$)|viem\/accounts$)/;

/** The only apps that can reach a key. The main of every other app is walked, import by import. */
export const KEY_HOLDERS: readonly string[] = ['apps/signer', 'apps/cli'];
