// Buckets of the volume histogram.
import { levelOfSeries, levels, type Level } from './levels';
import type { Span } from './time';

export interface Series {
  metric: Record<string, string>;
  values: [number, string][]; // seconds, number as text
}

export interface Buckets {
  starts: number[]; // ms, begin of each bucket
  step: number; // ms
  counts: { level: Level; values: number[] }[]; // only levels that occur, most severe first
  total: number;
}

const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
  172_800, 604_800,
].map((s) => s * 1000);

// The smallest round step that needs at most `most` buckets.
export function niceStep(span: Span, most: number): number {
  const wanted = (span.to - span.from) / most;
  return (
    steps.find((s) => s >= wanted) ??
    steps[steps.length - 1]! * Math.ceil(wanted / steps[steps.length - 1]!)
  );
}

// The evaluation times that cover the span: a bucket [b, b + step) is counted at its end.
export function evaluationTimes(span: Span, step: number): Span {
  const first = Math.floor(span.from / step) * step + step;
  return { from: first, to: Math.max(first, Math.ceil(span.to / step) * step) };
}

export function toBuckets(series: Series[], span: Span, step: number): Buckets {
  const times = evaluationTimes(span, step);
  const n = Math.round((times.to - times.from) / step) + 1;
  const starts = Array.from({ length: n }, (_, i) => times.from + (i - 1) * step);
  const byLevel = new Map<Level, number[]>();
  let total = 0;
  for (const s of series) {
    const level = levelOfSeries(s.metric);
    const values = byLevel.get(level) ?? new Array<number>(n).fill(0);
    byLevel.set(level, values);
    for (const [seconds, text] of s.values) {
      const i = Math.round((seconds * 1000 - times.from) / step);
      const count = Number(text);
      if (i < 0 || i >= n || !Number.isFinite(count)) continue;
      values[i]! += count;
      total += count;
    }
  }
  const counts = levels
    .filter((l) => byLevel.has(l))
    .map((level) => ({ level, values: byLevel.get(level)! }));
  return { starts, step, counts, total };
}

// Running sums, most severe at the bottom: what stacked bars are drawn from.
export function stack(buckets: Buckets): number[][] {
  const sums = new Array<number>(buckets.starts.length).fill(0);
  return buckets.counts.map(({ values }) => values.map((v, i) => (sums[i]! += v)));
}

// `leveled` could name the level of some of the lines counted in `whole`; the others stay unknown.
export function withRemainder(whole: Buckets, leveled: Buckets): Buckets {
  const known = leveled.counts.filter((c) => c.level !== 'unknown');
  const total = whole.counts[0]!.values;
  const rest = total.map((n, i) =>
    Math.max(0, n - known.reduce((sum, c) => sum + c.values[i]!, 0)),
  );
  const counts = rest.some((n) => n > 0)
    ? [...known, { level: 'unknown' as const, values: rest }]
    : known;
  return { ...whole, counts };
}
