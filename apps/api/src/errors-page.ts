import {
  type ErrorClass,
  errorCodes,
  errorTaxonomy,
  type TaxonomyEntry,
} from '@naru/core/dead-letter/taxonomy.ts';
import { problemCatalogue, problemCodes } from '@naru/wire/problem-catalogue.ts';

const classes: Readonly<Record<ErrorClass, string>> = {
  RETRYABLE: 'goes away by itself; tried again',
  UNKNOWN:
    'nobody knows whether it took effect: only the very same bytes are sent again, and nothing is released',
  OPERATOR: 'stands until a person has acted; looked at again meanwhile',
  FINAL: 'over; nothing is tried again',
};

/** docs/errors.md: every cause for which a payment waits or ends, and every problem of the API. */
export function renderErrorsPage(): string {
  const causes = errorCodes.map((code) => {
    const entry: TaxonomyEntry = errorTaxonomy[code];
    return row([`\`${code}\``, entry.class, retryText(entry), letterText(entry), entry.means, entry.action]);
  });
  const problems = problemCodes.map((code) => {
    const { status, retryable, what, next } = problemCatalogue[code];
    return row([`\`${code}\``, String(status), retryable ? 'yes' : 'no', what.en, next.en]);
  });
  return `# Errors

Generated from \`packages/core/src/dead-letter/taxonomy.ts\` and \`packages/wire/src/problem-catalogue.ts\` by
\`node apps/api/src/generate-errors.ts\`; do not edit.

## Causes for which a payment waits or ends

${Object.entries(classes)
  .map(([name, means]) => `- **${name}**: ${means}.`)
  .join('\n')}

Tries of the same thing grow apart exponentially, with jitter over the upper half of each delay, so that a retry never
comes at once and many do not come together. What lasts becomes a dead letter (\`naru dead-letters\`,
\`GET /v1/admin/dead-letters\`, \`naru_dead_letters{cause}\`).

| code | class | next try after | dead letter | means | what an operator does |
| --- | --- | --- | --- | --- | --- |
${causes.join('\n')}

## Problems of the API

\`retryable\`: whether the very same call, with the same idempotency key, can succeed later.

| code | status | retryable | what is wrong | what now |
| --- | --- | --- | --- | --- |
${problems.join('\n')}
`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function retryText({ retry }: TaxonomyEntry): string {
  return retry === null ? '–' : `${time(retry.baseMs)} to ${time(retry.maxMs)}`;
}

function letterText({ letterAfterMs }: TaxonomyEntry): string {
  if (letterAfterMs === null) return 'no';
  return letterAfterMs === 0 ? 'at once' : `after ${time(letterAfterMs)}`;
}

function time(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  return ms < 3_600_000 ? `${ms / 60_000} min` : `${ms / 3_600_000} h`;
}
