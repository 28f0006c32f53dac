/**
 * A logger that writes one line for each message.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';

export const LOG_FORMATS = ['human', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

type Meta = Readonly<Record<string, unknown>>;

/** @param write takes a line without its end */
export function lineLogger(format: LogFormat, write: (line: string) => void): Logger {
  const log: Logger['log'] = (level, message, meta = {}) => {
    if (level === 'TRACE' || level === 'DEBUG') return;
    const time = new Date().toISOString();
    write(
      format === 'json' ? JSON.stringify({ time, level, message, ...meta }) : humanLine(time, level, message, meta),
    );
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

function humanLine(time: string, level: string, message: string, meta: Meta): string {
  const fields = Object.entries(meta).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${field(value)}`],
  );
  return [time, level.padEnd(5), message.replace(/\s*\n\s*/g, ' '), ...fields].join(' ');
}

function field(value: unknown): string {
  const text = typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : String(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
