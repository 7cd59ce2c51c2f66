/** A problem that the reader can solve: its text is shown alone, without a stack. */
export class LaunchProblem extends Error {
  name = 'LaunchProblem';
}
