import { simulate } from './simulate.ts';

const t = performance.now();
let steps = 0,
  fails = 0;
const n = Number(process.argv[2] ?? 200),
  from = Number(process.argv[3] ?? 1);
for (let seed = from; seed < from + n; seed++) {
  const o = simulate({ seed });
  steps += o.steps;
  if (o.violation) {
    fails++;
    if (fails < 15) console.log(seed, o.violation.slice(0, 400), o.virtualMs);
  }
}
console.log(n, 'seeds', fails, 'fails', steps / n, 'steps', (performance.now() - t) / n, 'ms/seed');
