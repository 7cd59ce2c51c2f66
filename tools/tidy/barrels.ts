import path from 'node:path';
import { isGenerated } from '../repository/files.ts';
import type { SourceRule } from './rule.ts';

const INSTEAD = 'import each name from the file that defines it';
/** Routers for files name the page of a folder `index`. */
const PAGE = /\/(routes|app|pages)\//;

/** STYLE 8: no barrels. They hide where a thing is, load what is not needed and make import cycles. */
export const barrels: SourceRule = {
  name: 'barrels',
  appliesTo: (file) => !isGenerated(file),
  check(source, report) {
    if (/^index\.\w+$/.test(path.posix.basename(source.file)) && !PAGE.test(source.file)) {
      report(0, `is an index file; name it after what it does and ${INSTEAD}`);
      return;
    }
    const { body } = source.program;
    const passedOn = body.filter(
      (node) =>
        node.type === 'ExportAllDeclaration' ||
        (node.type === 'ExportNamedDeclaration' && node.source !== null),
    );
    for (const node of passedOn) {
      if (node.type === 'ExportAllDeclaration')
        report(node.start, `passes on everything of another file; ${INSTEAD}`);
    }
    if (body.length > 0 && passedOn.length === body.length)
      report(0, `only passes on names of other files; ${INSTEAD}`);
  },
};
