#!/usr/bin/env node
// Runs forge in this folder and exits as it did: `node tools/forge.mjs test --offline`. See foundryBinary for why.
import { spawnSync } from 'node:child_process';
import { CONTRACTS_DIR, foundryBinary } from './foundry.mjs';

const { status, error } = spawnSync(foundryBinary('forge'), process.argv.slice(2), {
  cwd: CONTRACTS_DIR,
  stdio: 'inherit',
});
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
