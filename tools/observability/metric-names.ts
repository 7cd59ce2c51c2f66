import { parser } from '@prometheus-io/lezer-promql';

/** The names of metrics and recorded series that a PromQL expression reads. Throws when it cannot be parsed. */
export function metricNamesOf(expression: string): Set<string> {
  // Grafana fills these in before Prometheus sees them.
  const text = expression.replaceAll('$__rate_interval', '5m');
  const names = new Set<string>();
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`not PromQL at character ${node.from}: ${expression}`);
      if (node.name === 'VectorSelector') {
        const identifier = node.node.getChild('Identifier');
        if (identifier === null) throw new Error(`a selector without a name: ${expression}`);
        names.add(text.slice(identifier.from, identifier.to));
      }
    },
  });
  return names;
}

/** Prometheus' own. */
const OF_PROMETHEUS = new Set(['up']);

/**
 * Names that a rule or a panel reads and nobody tells. `told`: names of the metrics of all roles, as `# TYPE` lines have
 * them, with their types; `recorded`: series that rules make.
 */
export function findUnknownMetrics(
  expressions: readonly string[],
  told: ReadonlyMap<string, string>,
  recorded: ReadonlySet<string>,
): string[] {
  const unknown = new Set<string>();
  for (const expression of expressions)
    for (const name of metricNamesOf(expression)) {
      const base = name.replace(/_(bucket|count|sum)$/, '');
      const isPart = base !== name && told.get(base) === 'histogram';
      if (!told.has(name) && !isPart && !recorded.has(name) && !OF_PROMETHEUS.has(name)) unknown.add(name);
    }
  return [...unknown].sort();
}

/** Metrics by name with their type, from the text of `/metrics`. */
export function metricsIn(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  );
}
