import { checkBoundaries } from './boundaries/check-boundaries.ts';
import { readImportGraph } from './boundaries/import-graph.ts';
import { REPOSITORY } from './repository/files.ts';

/** `node tools/boundaries.ts`: names imports that cross a boundary of boundaries/boundaries.data.ts. Exit 1 when there is any. */
const graph = readImportGraph(REPOSITORY);
const findings = checkBoundaries(graph);
for (const { file, line, message } of findings) process.stdout.write(`${file}:${line} error ${message}\n`);
process.stdout.write(`boundaries: ${findings.length} to fix, in ${graph.edges.size} program files\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
