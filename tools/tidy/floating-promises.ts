import path from 'node:path';
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import {
  isBinaryExpression,
  isCallExpression,
  isConditionalExpression,
  isExpressionStatement,
  isParenthesizedExpression,
  isPropertyAccessExpression,
} from 'typescript/unstable/ast/is';
import { API, type Checker, type Type } from 'typescript/unstable/sync';
import type { Finding } from './rule.ts';

/** What every promise has; a mere thenable, such as Fastify's reply, does its work whether awaited or not. */
const PROMISE_MEMBERS = ['then', 'catch', 'finally'];
/** `isReady && start()`: the value is that of the right side. */
const CHOICES = new Set<SyntaxKind>([
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
]);

/**
 * Statements that start asynchronous work and let go of it, so that its error is lost. Biome has a rule of this kind, but
 * it does not see the types of libraries and of Node: `writeFile(…)` and `client.query(…)` pass it. This one asks the compiler.
 * Only files of the project count that stand in `files`.
 * @param configFile absolute path of a tsconfig.json
 */
export function findFloatingPromises(
  root: string,
  configFile: string,
  files: ReadonlySet<string>,
): Finding[] {
  const api = new API({ cwd: root });
  try {
    const project = api.updateSnapshot({ openProjects: [configFile] }).getProjects()[0];
    if (project === undefined) throw new Error(`the compiler opened no project for ${configFile}`);
    const isPromise = promiseTest(project.checker);
    const findings: Finding[] = [];
    for (const name of project.program.getSourceFileNames()) {
      const file = path.relative(root, name).split(path.sep).join('/');
      const sourceFile = files.has(file) ? project.program.getSourceFile(name) : undefined;
      if (sourceFile === undefined) continue;
      const expressions = droppedExpressions(sourceFile);
      const types = project.checker.getTypeAtLocation(expressions);
      for (const [index, expression] of expressions.entries()) {
        const type = types[index];
        if (type === undefined || !isPromise(type)) continue;
        const start = expression.getStart(sourceFile);
        findings.push(finding(file, lineAt(sourceFile.text, start)));
      }
    }
    return findings;
  } finally {
    api.close();
  }
}

/** Expressions whose value nobody takes and that could be a promise without an error handler. */
function droppedExpressions(sourceFile: SourceFile): Node[] {
  const found: Node[] = [];
  const walk = (node: Node): void => {
    if (isExpressionStatement(node))
      found.push(...outcomesOf(node.expression).filter((one) => !isHandled(one)));
    node.forEachChild(walk);
  };
  walk(sourceFile);
  return found;
}

/** The parts of an expression that can be its value: both branches of a condition, the right side of `&&`. */
function outcomesOf(expression: Node): Node[] {
  if (isParenthesizedExpression(expression)) return outcomesOf(expression.expression);
  if (isConditionalExpression(expression))
    return [...outcomesOf(expression.whenTrue), ...outcomesOf(expression.whenFalse)];
  if (!isBinaryExpression(expression)) return [expression];
  // What is assigned is kept.
  return CHOICES.has(expression.operatorToken.kind) ? outcomesOf(expression.right) : [];
}

/** `x.catch(f)`, `x.then(f, g)`, and those followed by `.finally(…)`. */
function isHandled(expression: Node): boolean {
  if (!isCallExpression(expression) || !isPropertyAccessExpression(expression.expression)) return false;
  const { name, expression: target } = expression.expression;
  const handlers = expression.arguments.length;
  if (name.text === 'finally') return isHandled(target);
  return (name.text === 'catch' && handlers === 1) || (name.text === 'then' && handlers === 2);
}

/** Types come again and again; each question to the compiler is asked once. */
function promiseTest(checker: Checker): (type: Type) => boolean {
  const known = new Map<number, boolean>();
  const ask = (type: Type): boolean => {
    if (checker.isArrayType(type)) {
      const [element] = checker.getTypeArguments(type as Parameters<Checker['getTypeArguments']>[0]);
      return element !== undefined && isPromise(element);
    }
    const present = checker.getNonNullableType(type) ?? type;
    return PROMISE_MEMBERS.every((member) => checker.getPropertyOfType(present, member) !== undefined);
  };
  const isPromise = (type: Type): boolean => {
    const answer = known.get(type.id) ?? ask(type);
    known.set(type.id, answer);
    return answer;
  };
  return isPromise;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function finding(file: string, line: number): Finding {
  return {
    rule: 'floating-promises',
    file,
    line,
    message:
      'starts a promise and lets go of it, so its error is lost; await it, return it, or give it .catch(…)',
    isWarning: false,
  };
}
