import { Gauge, type Registry } from 'prom-client';

export type Sample = { labels: Record<string, string>; value: number };

/**
 * Gauges whose figures come from one reading at each scrape. A gauge that another one's `collect` fills would be printed
 * before that: prom-client collects all of them side by side. Here each waits for the reading that they share.
 */
export function registerGaugeGroup<Name extends string>(
  registry: Registry,
  gauges: readonly { name: Name; help: string; labelNames: readonly string[] }[],
  read: () => Promise<Readonly<Record<NoInfer<Name>, readonly Sample[]>>>,
): void {
  let reading: Promise<Readonly<Record<Name, readonly Sample[]>>> | null = null;
  const readOnce = () => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
  for (const { name, help, labelNames } of gauges)
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const samples = (await readOnce())[name];
        this.reset();
        for (const { labels, value } of samples) this.set(labels, value);
      },
    });
}
