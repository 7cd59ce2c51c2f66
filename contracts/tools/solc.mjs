#!/usr/bin/env node
// Stands in for the native `solc`: forge starts it as `solc = "./tools/solc.mjs"` with `--version` or `--standard-json`.
// The compiler itself is soljson (the official WebAssembly build) from the npm package `solc`, so a fresh clone
// downloads nothing beyond `npm ci`. Runs on Node 20 and later.
import { readFileSync, realpathSync, writeSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import solc from 'solc';

const args = process.argv.slice(2);

function optionValue(name) {
  const index = args.indexOf(name);
  return index === -1 ? undefined : args[index + 1];
}

/** Writes everything: a pipe takes only part of a large answer at a time. */
function writeStdout(text) {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/**
 * Reads an imported file as the native compiler does: relative to --base-path, and only below --allow-paths. forge
 * sends the text of every source, but names those of hoisted packages differently from how they import each other.
 */
function readImport(name) {
  try {
    const path = realpathSync(resolve(optionValue('--base-path') ?? '.', name));
    const roots = (optionValue('--allow-paths') ?? '.').split(',').map((root) => realpathSync(root) + sep);
    if (!roots.some((root) => path.startsWith(root))) return { error: `${path} is outside of --allow-paths` };
    return { contents: readFileSync(path, 'utf8') };
  } catch (error) {
    return { error: error.message };
  }
}

if (args.includes('--version')) {
  // forge parses the line that starts with "Version:".
  writeStdout(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (args.includes('--standard-json')) {
  writeStdout(solc.compile(readFileSync(0, 'utf8'), { import: readImport }));
} else {
  process.stderr.write('usage: solc.mjs --version | --standard-json < input.json\n');
  process.exitCode = 2;
}
