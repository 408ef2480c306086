import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on stderr; stdout is left to what a person reads. `info` is one line a lifecycle transition. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
