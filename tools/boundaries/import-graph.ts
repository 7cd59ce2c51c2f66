import { isBuiltin } from 'node:module';
import path from 'node:path';
import { isJavaScript, listFiles } from '../repository/files.ts';
import { type Import, readSource } from '../repository/source.ts';
import { packageOf, readWorkspaces, type Workspace, workspaceOf } from '../repository/workspaces.ts';

/** Where an import leads. */
export type Target =
  | { kind: 'file'; file: string; workspace: Workspace }
  | { kind: 'package'; name: string }
  | { kind: 'node' }
  /** Leads nowhere, or past the public files of a workspace. */
  | { kind: 'astray'; reason: string };

export type Edge = { from: string; fromWorkspace: Workspace; line: number; import: Import; target: Target };

export type ImportGraph = {
  workspaces: readonly Workspace[];
  files: ReadonlySet<string>;
  /** By importing file. */
  edges: ReadonlyMap<string, readonly Edge[]>;
};

/** Reads the imports of every program file. */
export function readImportGraph(root: string): ImportGraph {
  const sources = listFiles(root).map((file) => (isJavaScript(file) ? readSource(root, file) : file));
  return buildImportGraph(readWorkspaces(root), sources);
}

type Node = string | { file: string; imports: readonly Import[]; lineAt(offset: number): number };

/** @param nodes programs, and the names of all other files */
export function buildImportGraph(workspaces: readonly Workspace[], nodes: readonly Node[]): ImportGraph {
  const files = new Set(nodes.map((node) => (typeof node === 'string' ? node : node.file)));
  const edges = new Map<string, Edge[]>();
  for (const node of nodes) {
    if (typeof node === 'string') continue;
    const fromWorkspace = workspaceOf(workspaces, node.file);
    const own = node.imports.map((one) => ({
      from: node.file,
      fromWorkspace,
      line: node.lineAt(one.offset),
      import: one,
      target: resolveImport({ workspaces, files }, node.file, fromWorkspace, one.specifier),
    }));
    edges.set(node.file, own);
  }
  return { workspaces, files, edges };
}

function resolveImport(
  { workspaces, files }: Pick<ImportGraph, 'workspaces' | 'files'>,
  from: string,
  fromWorkspace: Workspace,
  specifier: string,
): Target {
  if (isBuiltin(specifier)) return { kind: 'node' };
  const [name = ''] = specifier.split('?');
  if (path.posix.isAbsolute(name)) return { kind: 'astray', reason: 'is an absolute path' };
  if (name.startsWith('.')) {
    const file = path.posix.join(path.posix.dirname(from), name);
    const workspace = workspaceOf(workspaces, file);
    if (!files.has(file)) return { kind: 'astray', reason: 'leads to no file' };
    if (workspace !== fromWorkspace) return { kind: 'astray', reason: wayOut(workspace) };
    return { kind: 'file', file, workspace };
  }
  const packageName = packageOf(name) ?? name;
  const workspace = workspaces.find(({ manifest }) => manifest.name === packageName);
  if (workspace === undefined) return { kind: 'package', name };
  const pattern = workspace.manifest.exports?.['./*'];
  if (pattern === undefined) return { kind: 'astray', reason: `${workspace.dir} exports no files` };
  const rest = name.slice(packageName.length + 1);
  const file = path.posix.join(workspace.dir, pattern.replace('*', rest));
  if (!files.has(file)) return { kind: 'astray', reason: `leads to ${file}, which is not there` };
  return { kind: 'file', file, workspace };
}

function wayOut({ dir }: Workspace): string {
  return dir === ''
    ? 'leads out of the workspace; what needs several apps to be tested stands in test/'
    : `leads into ${dir}; import it by name`;
}
