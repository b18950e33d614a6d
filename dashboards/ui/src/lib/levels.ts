// Log levels: their many spellings, their order and where a line shows its own.

export const levels = ['critical', 'error', 'warn', 'info', 'debug', 'trace', 'unknown'] as const;
export type Level = (typeof levels)[number];

const spellings: Record<string, Level> = {
  critical: 'critical',
  crit: 'critical',
  fatal: 'critical',
  emerg: 'critical',
  alert: 'critical',
  panic: 'critical',
  error: 'error',
  err: 'error',
  eror: 'error',
  severe: 'error',
  warn: 'warn',
  warning: 'warn',
  info: 'info',
  information: 'info',
  notice: 'info',
  informational: 'info',
  debug: 'debug',
  dbg: 'debug',
  trace: 'trace',
  verbose: 'trace',
};

export function normalizeLevel(text: string | undefined): Level {
  return spellings[text?.toLowerCase() ?? ''] ?? 'unknown';
}

// What a series of the volume query is about.
export function levelOfSeries(metric: Record<string, string>): Level {
  return normalizeLevel(metric.level || metric.detected_level);
}

const inText = /\b(critical|fatal|panic|error|err|warn(?:ing)?|info|debug|trace)\b/i;

// Labels first, then fields of the line, then a word near its beginning.
export function levelOfLine(
  labels: Record<string, string>,
  fields: Record<string, string>,
  line: string,
): Level {
  for (const from of [labels, fields]) {
    for (const name of ['level', 'detected_level', 'severity', 'lvl', 'levelname']) {
      const level = normalizeLevel(from[name]);
      if (level !== 'unknown') return level;
    }
  }
  return normalizeLevel(inText.exec(line.slice(0, 120))?.[1]);
}
