import { isGenerated } from '../repository/files.ts';
import type { Source } from '../repository/source.ts';
import type { Report } from './rule.ts';

/** A rule about the text of any file. `prose` is what people read: all of a document, only the comments of a program. */
export type TextRule = {
  name: string;
  check(text: { file: string; whole: string; prose: readonly Passage[] }, report: Report): void;
};

/** A piece of a file and where it stands in it. */
export type Passage = { offset: number; text: string };

const TEXT_FILE =
  /(\.(ts|tsx|mts|js|jsx|mjs|cjs|md|sql|sol|json|jsonc|toml|ya?ml|sh|css|html|svg|csv|txt|tf|env|conf)|(^|\/)(\.ci\/run|Dockerfile|Makefile|LICENSE|NOTICE|\.gitignore|\.npmrc))$/;

export function isText(file: string): boolean {
  return TEXT_FILE.test(file);
}

const LINE_COMMENTS: readonly { files: RegExp; comment: RegExp }[] = [
  { files: /\.sql$/, comment: /--.*|\/\*[\s\S]*?\*\//g },
  { files: /\.(sol|css)$/, comment: /\/\/.*|\/\*[\s\S]*?\*\//g },
  {
    files: /(\.(toml|ya?ml|sh|tf|env|conf)|\/run|Dockerfile|Makefile|\.gitignore|\.npmrc)$/,
    comment: /(^|\s)#.*/g,
  },
];

/** Comments of a program, or the whole of a file that has no other text than prose. */
export function proseOf(file: string, whole: string, source: Source | null): Passage[] {
  if (source !== null)
    return source.comments.map(({ start, end }) => ({ offset: start, text: whole.slice(start, end) }));
  const kind = LINE_COMMENTS.find(({ files }) => files.test(file));
  if (kind === undefined) return [{ offset: 0, text: whole }];
  return [...whole.matchAll(kind.comment)].map((match) => ({ offset: match.index, text: match[0] }));
}

const MARKER = /\b(TODO|FIXME|XXX|HACK)\b(?!\s*\(?#\d+)/g;

const markers: TextRule = {
  name: 'markers',
  check({ file, prose }, report) {
    if (isGenerated(file)) return;
    for (const { offset, text } of prose) {
      // Documents name the markers when they explain this rule, in code spans.
      const plain = file.endsWith('.md') ? text.replace(/`[^`\n]*`/g, blank) : text;
      for (const match of plain.matchAll(MARKER))
        report(
          offset + match.index,
          `${match[0]} without an issue; do it now, or open an issue and write ${match[0]}(#number)`,
        );
    }
  },
};

/** Home directories and scratch directories: true on one machine only. In code, a test may use such a path as a value. */
const MACHINE_PATH = /(?<![\w./$}~-])\/(work|root|tmp|home\/[a-z][\w-]*|Users\/\w+)(\/[\w.@-]+)+/g;

const machinePaths: TextRule = {
  name: 'machine-paths',
  check({ prose }, report) {
    for (const { offset, text } of prose) {
      for (const match of text.matchAll(MACHINE_PATH))
        report(
          offset + match.index,
          `${match[0]} exists on one machine only; name the path relative to the repository, or describe the place`,
        );
    }
  },
};

/** Bracketed letters keep this file from containing what it looks for. */
const FOREIGN = new RegExp(
  [
    /\bc[l]aude\b/,
    /\banth[r]opic\b/,
    /\bop[e]nai\b/,
    /\bchat[g]pt\b/,
    /\bgpt-[0-9]/,
    /\bc[o]pilot\b/,
    /\bl[l]ms?\b/,
    /\blanguage m[o]dels?\b/,
    /\ba[i][- ](generated|assisted|assistants?|agents?|tools?|written)\b/,
    /\bgenerated (by|with) a[i]\b/,
    /\bartificial intellig[e]nce\b/,
    /\bas an a[i]\b/,
    /\bc[u]rsor(ai| ide|\.com)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

const foreignText: TextRule = {
  name: 'foreign-text',
  check({ whole }, report) {
    for (const match of whole.matchAll(FOREIGN))
      report(match.index, `"${match[0]}" says how the text was made, not what it is about; remove it`);
  },
};

const registryHosts: TextRule = {
  name: 'registry-hosts',
  check({ file, whole }, report) {
    if (!/(^|\/)(package-lock\.json|\.npmrc)$/.test(file)) return;
    for (const match of whole.matchAll(/"resolved": "https?:|^registry\s*=/gm))
      report(
        match.index,
        'names a package registry, so the install works only where that host does; .npmrc keeps it out of the lock file: run npm install again',
      );
  },
};

/** STYLE 9. Documents may be as long as they need to be. */
const LINES_MAX = 400;
const PROGRAM_FILE = /\.(ts|tsx|mts|js|jsx|mjs|cjs|sol|sql|sh|css)$/;

const fileSize: TextRule = {
  name: 'file-size',
  check({ file, whole }, report) {
    if (!PROGRAM_FILE.test(file) || isGenerated(file)) return;
    const lines = whole.split('\n').length - (whole.endsWith('\n') ? 1 : 0);
    if (lines > LINES_MAX)
      report(0, `has ${lines} lines, ${LINES_MAX} are allowed; look for the seam and make it two files`);
  },
};

export const TEXT_RULES: readonly TextRule[] = [markers, machinePaths, foreignText, registryHosts, fileSize];

function blank(text: string): string {
  return ' '.repeat(text.length);
}
