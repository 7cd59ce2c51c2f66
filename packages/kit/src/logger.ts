import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

/** One JSON object a line on standard output: `level`, `time` (ISO 8601 UTC), `role`, `instance`, then the ids at hand. */
export function createLogger(
  options: { role: string; instance?: string; level?: string },
  destination?: DestinationStream,
): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { role: options.role, ...(options.instance === undefined ? {} : { instance: options.instance }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

export const silentLogger: Logger = pino({ level: 'silent' });
