// Foundry's programs from their npm packages, and what forge compiled.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CONTRACTS_DIR = fileURLToPath(new URL('..', import.meta.url));

/**
 * The program itself, not the launcher in node_modules/.bin: that one exits with 0 whatever the program's exit code
 * was, so a failing test run would look like a good one.
 * @param {'forge' | 'anvil'} program
 */
export function foundryBinary(program) {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const file = process.platform === 'win32' ? `${program}.exe` : program;
  return createRequire(import.meta.url).resolve(`@foundry-rs/${program}-${platform}/bin/${file}`);
}

/** Compiles `src/` only: the tests are not needed and take most of the time. */
export function forgeBuild() {
  const args = ['build', '--offline', '--skip', 'test', '--quiet'];
  execFileSync(foundryBinary('forge'), args, { cwd: CONTRACTS_DIR, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** @returns {{ abi: object[], bytecode: { object: `0x${string}` }, methodIdentifiers: Record<string, string> }} */
export function readArtifact(contract) {
  return JSON.parse(readFileSync(join(CONTRACTS_DIR, 'out', `${contract}.sol`, `${contract}.json`), 'utf8'));
}
