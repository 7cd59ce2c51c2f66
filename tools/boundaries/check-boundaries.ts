import { isTest } from '../repository/files.ts';
import { packageOf } from '../repository/workspaces.ts';
import type { Finding } from '../tidy/rule.ts';
import { APPS, BOUNDARIES, type Boundary, KEY_HOLDERS, KEY_MODULES, UNBOUND } from './boundaries.data.ts';
import type { Edge, ImportGraph } from './import-graph.ts';

/** Imports that cross a boundary, imports that lead nowhere, and mains from which a key can be reached. */
export function checkBoundaries(graph: ImportGraph): Finding[] {
  const edges = [...graph.edges.values()].flat();
  return [...findUnlisted(graph), ...edges.flatMap(checkEdge), ...findReachableKeys(graph)];
}

function findUnlisted({ workspaces }: ImportGraph): Finding[] {
  return workspaces
    .filter(({ dir }) => BOUNDARIES[dir] === undefined && !UNBOUND.includes(dir))
    .map(({ dir }) =>
      finding(
        `${dir}/package.json`,
        1,
        `is a workspace without boundaries; say in tools/boundaries/boundaries.data.ts what it may import`,
      ),
    );
}

function checkEdge(edge: Edge): Finding[] {
  const message = isTest(edge.from) ? findProblemOfTest(edge) : findProblem(edge);
  return message === null
    ? []
    : [finding(edge.from, edge.line, `imports ${edge.import.specifier}: ${message}`)];
}

function findProblemOfTest({ fromWorkspace, target }: Edge): string | null {
  if (target.kind === 'astray') return target.reason;
  if (target.kind !== 'file' || target.workspace === fromWorkspace || UNBOUND.includes(fromWorkspace.dir))
    return null;
  return APPS.test(target.workspace.dir)
    ? 'an app is a composition root; what is worth sharing belongs in a package, what tests several apps in test/'
    : null;
}

function findProblem({ from, fromWorkspace, import: { specifier }, target }: Edge): string | null {
  if (target.kind === 'astray') return target.reason;
  const boundary = BOUNDARIES[fromWorkspace.dir];
  if (boundary === undefined || UNBOUND.includes(fromWorkspace.dir)) return null;
  if (boundary.unknown?.test(specifier) === true) return boundary.why;
  if (target.kind === 'package') return isTheirsAllowed(boundary, target.name) ? null : boundary.why;
  if (target.kind === 'node') return null;
  if (target.workspace !== fromWorkspace)
    return boundary.ours.includes(target.workspace.dir) ? null : boundary.why;
  return isTest(target.file) && !isTest(from) ? 'a program must not depend on what exists for tests' : null;
}

function isTheirsAllowed({ theirs }: Boundary, specifier: string): boolean {
  return theirs === undefined || theirs.includes(packageOf(specifier) ?? specifier);
}

/** Apps other than the key holders whose main leads, through whatever it loads, to code that handles keys. */
function findReachableKeys(graph: ImportGraph): Finding[] {
  const apps = graph.workspaces.filter(({ dir }) => APPS.test(dir) && !KEY_HOLDERS.includes(dir));
  return apps.flatMap(({ dir }) => {
    const main = [`${dir}/src/main.ts`, `${dir}/src/main.tsx`].find((file) => graph.files.has(file));
    // Next.js has no main of its own; its boundary leaves it no package that could lead to a key.
    const path =
      main === undefined ? null : findPath(graph, main, (edge) => KEY_MODULES.test(edge.import.specifier));
    const last = path?.at(-1);
    if (path === null || last === undefined) return [];
    const chain = path.map((edge) => edge.import.specifier).join(' → ');
    return [
      finding(last.from, last.line, `${main} reaches keys: ${chain}; only ${KEY_HOLDERS.join(' and ')} may`),
    ];
  });
}

/** The shortest way from a file along imports that are loaded at run time to one that `isGoal` accepts, or null. */
export function findPath(graph: ImportGraph, start: string, isGoal: (edge: Edge) => boolean): Edge[] | null {
  const waysTo = new Map<string, Edge[]>([[start, []]]);
  // A Map gives what is added while it is iterated, in order: this is the queue of a breadth-first search.
  for (const [file, way] of waysTo) {
    for (const edge of graph.edges.get(file) ?? []) {
      if (edge.import.isTypeOnly) continue;
      if (isGoal(edge)) return [...way, edge];
      if (edge.target.kind === 'file' && !waysTo.has(edge.target.file))
        waysTo.set(edge.target.file, [...way, edge]);
    }
  }
  return null;
}

function finding(file: string, line: number, message: string): Finding {
  return { rule: 'boundaries', file, line, message, isWarning: false };
}
