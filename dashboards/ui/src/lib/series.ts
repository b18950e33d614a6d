// Prometheus matrices as columns for a chart.
import type { Series } from './histogram';

export function nameOfSeries(metric: Record<string, string>): string {
  const { __name__: name = '', ...labels } = metric;
  const parts = Object.keys(labels)
    .sort()
    .map((n) => `${n}=${JSON.stringify(labels[n])}`);
  return parts.length > 0 ? `${name}{${parts.join(', ')}}` : name || 'value';
}

// [times, values of series 0, values of series 1, ...]; null where a series has no sample, so a
// gap stays a gap. Times are on the query's grid; between first and last none is missing.
export function alignSeries(series: Series[], stepMs: number): (number | null)[][] {
  const step = stepMs / 1000;
  const stamps = series.flatMap((s) => s.values.map(([t]) => t));
  if (stamps.length === 0) return [[], ...series.map(() => [])];
  const first = stamps.reduce((a, b) => Math.min(a, b));
  const last = stamps.reduce((a, b) => Math.max(a, b));
  const n = Math.round((last - first) / step) + 1;
  const times = Array.from({ length: n }, (_, i) => first + i * step);
  return [times, ...series.map((s) => column(s, first, step, n))];
}

function column(series: Series, first: number, step: number, n: number): (number | null)[] {
  const out = new Array<number | null>(n).fill(null);
  for (const [t, text] of series.values) {
    const value = text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
    out[Math.round((t - first) / step)] = Number.isFinite(value) ? value : null;
  }
  return out;
}
