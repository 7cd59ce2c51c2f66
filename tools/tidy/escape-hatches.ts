import { visit } from '../repository/source.ts';
import type { SourceRule } from './rule.ts';

/** What silences the compiler. */
export const escapeHatches: SourceRule = {
  name: 'types',
  appliesTo: () => true,
  check(source, report) {
    for (const comment of source.comments) {
      const directive = /^[\s*]*@ts-(ignore|nocheck)\b/.exec(comment.value);
      if (directive !== null)
        report(
          comment.start,
          `@ts-${directive[1]} hides errors; fix the type, or in a test of types use @ts-expect-error`,
        );
    }
    visit(source, {
      TSAnyKeyword: ({ start }) =>
        report(start, 'any switches the compiler off; use unknown and narrow it, or name the shape'),
      TSNonNullExpression: ({ end }) =>
        report(
          end - 1,
          'a non-null ! claims what nothing checks; use assertPresent (@naru/kit/assert.ts), or handle the case',
        ),
      VariableDeclarator({ definite, start }) {
        if (definite === true)
          report(
            start,
            'a definite ! claims what nothing checks; initialise the variable where it is declared',
          );
      },
    });
  },
};
