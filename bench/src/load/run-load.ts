import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type LoadPlan, type LoadReport, loadReport } from './load-plan.ts';

const GENERATOR = fileURLToPath(new URL('load-generator.ts', import.meta.url));
/** Beyond the plan itself: opening the connections, and the answers that are late. */
const MARGIN_MS = 60_000;

/** Runs the load generator as a process of its own and gives its report. */
export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const child = spawn(process.execPath, [GENERATOR], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: plan.warmUpMs + plan.durationMs + MARGIN_MS,
    env: {},
  });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  });
  child.stdin.end(JSON.stringify(plan));
  const [output, problems, how] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (how !== '0') throw new Error(`the load generator ended with ${how}: ${problems.trim().slice(-2_000)}`);
  return loadReport.parse(JSON.parse(output));
}
