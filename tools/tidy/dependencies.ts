import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { isTest } from '../repository/files.ts';
import { type Source, visit } from '../repository/source.ts';
import { packageOf, type Workspace, workspaceOf } from '../repository/workspaces.ts';
import type { Finding } from './rule.ts';

export type Repository = {
  root: string;
  files: readonly string[];
  sources: readonly Source[];
  /** The repository itself first. */
  workspaces: readonly Workspace[];
};

const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const VERSION_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** What needs them instead of an import. */
const USED_WITHOUT_IMPORT: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'npm run check',
  '@foundry-rs/anvil': 'contracts/tools/foundry.mjs resolves the program in it',
  '@foundry-rs/forge': 'contracts/tools/foundry.mjs resolves the program in it',
  '@types/node': 'tsconfig.json',
  'forge-std': 'the contracts can use it without an installation',
  'kysely-codegen': 'tools/generate-db.ts runs it',
  tailwindcss: 'style sheets import it',
  node: 'tools/launcher runs everything with it',
  typescript: 'npm run check',
};

/** Any test may use it; it is no part of what runs in production. */
const TEST_PACKAGE = '@naru/testkit';
/** Run from a clone and shipped nowhere, so they may use what the repository declares for development. */
const INTERNAL_DIRS = new Set(['', 'bench', 'contracts']);

/** Every package imported is declared by its workspace, everything declared is used, and every version is exact. */
export function checkDependencies(repository: Repository): Finding[] {
  return repository.workspaces.flatMap((workspace) => {
    const own = repository.sources.filter(
      ({ file }) => workspaceOf(repository.workspaces, file) === workspace,
    );
    return [
      ...findUndeclared(repository, workspace, own),
      ...findUnused(repository, workspace, own),
      ...findInexact(repository, workspace),
    ];
  });
}

function findUndeclared(
  { workspaces }: Repository,
  { dir, manifest }: Workspace,
  sources: readonly Source[],
): Finding[] {
  const forPrograms = {
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
  };
  const forTests = { ...manifest.devDependencies, ...workspaces[0]?.manifest.devDependencies };
  const isDeclared = (name: string, file: string) => {
    if (name === manifest.name || forPrograms[name] !== undefined) return true;
    // test/ and tools/ belong to the repository, which links all of its workspaces.
    if (dir === '' && workspaces.some((one) => one.manifest.name === name)) return true;
    if (!isTest(file) && !INTERNAL_DIRS.has(dir)) return false;
    return name === TEST_PACKAGE || forTests[name] !== undefined;
  };
  const found = new Map<string, Finding>();
  for (const source of sources) {
    for (const { specifier, offset } of source.imports) {
      const name = isBuiltin(specifier) ? null : packageOf(specifier);
      if (name === null || found.has(name) || isDeclared(name, source.file)) continue;
      const message = `imports ${name}, which ${manifestOf(dir)} does not declare; add it there with its exact version`;
      found.set(name, finding(source.file, source.lineAt(offset), message));
    }
  }
  return [...found.values()];
}

function findUnused(repository: Repository, { dir, manifest }: Workspace, own: readonly Source[]): Finding[] {
  const used = new Set([...own.flatMap(packagesNamedIn), ...packagesInOtherFiles(repository, dir)]);
  const declared = VERSION_FIELDS.flatMap((field) => Object.keys(manifest[field] ?? {}));
  const borrowed = dir === '' ? packagesBorrowed(repository) : new Set<string>();
  const isUsed = (name: string) =>
    used.has(name) || borrowed.has(name) || USED_WITHOUT_IMPORT[name] !== undefined;
  return declared
    .filter((name) => !isUsed(name))
    .map((name) =>
      finding(manifestOf(dir), 1, `declares ${name}, which nothing in that workspace uses; remove it`),
    );
}

function findInexact({ workspaces }: Repository, { dir, manifest }: Workspace): Finding[] {
  const findings: Finding[] = [];
  for (const [name, version] of VERSION_FIELDS.flatMap((field) => Object.entries(manifest[field] ?? {}))) {
    const actual = workspaces.find((one) => one.manifest.name === name)?.manifest.version ?? version;
    const wish = !EXACT_VERSION.test(version)
      ? 'name the exact version (npm install -E)'
      : `the workspace has ${actual}, so a registry would be asked for it; use that version`;
    if (!EXACT_VERSION.test(version) || actual !== version)
      findings.push(finding(manifestOf(dir), 1, `asks for ${name}@${version}; ${wish}`));
  }
  return findings;
}

/** Packages that a program imports, or names in a string, as a logger names its transports. */
function packagesNamedIn(source: Source): string[] {
  const names = source.imports.map(({ specifier }) => packageOf(specifier));
  visit(source, {
    Literal: ({ value }) => void (typeof value === 'string' && names.push(packageOf(value))),
  });
  return names.filter((name) => name !== null);
}

/** What the repository declares for its workspaces: test tools that they do not declare, and types of what they import. */
function packagesBorrowed({ sources, workspaces }: Repository): Set<string> {
  const borrowed = new Set<string>();
  for (const source of sources) {
    const { manifest } = workspaceOf(workspaces, source.file);
    for (const name of packagesNamedIn(source)) {
      borrowed.add(`@types/${name}`);
      if (manifest.dependencies?.[name] === undefined && manifest.devDependencies?.[name] === undefined)
        borrowed.add(name);
    }
  }
  return borrowed;
}

/** Packages that style sheets, contracts and settings of a workspace name in quotes, or before a path. */
function packagesInOtherFiles({ root, files, workspaces }: Repository, dir: string): string[] {
  const naming = files.filter(
    (file) =>
      /\.(css|sol|toml|json)$/.test(file) &&
      !/(^|\/)package(-lock)?\.json$/.test(file) &&
      file !== 'docs/openapi.json' &&
      workspaceOf(workspaces, file).dir === dir,
  );
  return naming.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return [...text.matchAll(/["'/]((@[\w.-]+\/)?[a-z][\w.-]*)(?=["'/])/g)].map((match) => match[1] ?? '');
  });
}

function manifestOf(dir: string): string {
  return path.posix.join(dir, 'package.json');
}

function finding(file: string, line: number, message: string): Finding {
  return { rule: 'dependencies', file, line, message, isWarning: false };
}
