import { type Node, visitorKeys } from 'oxc-parser';
import { visit } from '../repository/source.ts';
import type { SourceRule } from './rule.ts';

/** Qualifiers come last, so `amountWeiMax` is an amount too. */
const AMOUNT_NAME = /(amount|wei|units|krw)(min|max|sum|total|before|after)?$/i;
const CONVERSIONS = new Set(['Number', 'parseFloat', 'parseInt', 'Number.parseFloat', 'Number.parseInt']);

/** STYLE 1: money is a bigint in the smallest unit, from end to end. */
export const moneyAsNumber: SourceRule = {
  name: 'money',
  appliesTo: () => true,
  check(source, report) {
    const check = (argument: Node, start: number) => {
      const name = amountIn(argument);
      if (name !== null)
        report(
          start,
          `turns ${name} into a float, which rounds; keep the bigint, format it with @naru/kit/money.ts`,
        );
    };
    visit(source, {
      CallExpression({ callee, arguments: args, start }) {
        const [first] = args;
        if (first !== undefined && CONVERSIONS.has(source.text.slice(callee.start, callee.end)))
          check(first, start);
      },
      UnaryExpression({ operator, argument, start }) {
        if (operator === '+') check(argument, start);
      },
    });
  },
};

/** The name of an amount whose value the expression passes on, or null. */
function amountIn(node: Node): string | null {
  if (node.type === 'Identifier') return AMOUNT_NAME.test(node.name) ? node.name : null;
  if (node.type === 'MemberExpression') {
    const own = node.property.type === 'Identifier' ? amountIn(node.property) : null;
    // `amount.length` is a count, `row.amount` an amount, and `amount.toString` still the amount.
    const passesOn = node.property.type === 'Identifier' && /^(toString|valueOf)$/.test(node.property.name);
    return own ?? (passesOn ? amountIn(node.object) : null);
  }
  if (node.type === 'CallExpression') return amountIn(node.callee) ?? firstOf(node.arguments);
  return firstOf(childrenOf(node));
}

function firstOf(nodes: readonly Node[]): string | null {
  for (const node of nodes) {
    const name = amountIn(node);
    if (name !== null) return name;
  }
  return null;
}

function childrenOf(node: Node): Node[] {
  const fields = new Map<string, unknown>(Object.entries(node));
  return (visitorKeys[node.type] ?? []).flatMap((key) => fields.get(key) ?? []) as Node[];
}
