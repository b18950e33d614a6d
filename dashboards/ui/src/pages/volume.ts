// Loads the histogram: lines per step and level. Fetched apart from the lines, so it is whole even
// when the lines are cut at a limit.
import { queryLogs, querySeries } from '../api/loki';
import { niceStep, toBuckets, withRemainder, type Buckets } from '../lib/histogram';
import { hasParser, volumeQuery } from '../lib/logql';
import { formatDuration, msToNs, type Span } from '../lib/time';

const bars = 90;
const patience = 500; // ms after which bars without levels are shown while levels are looked up

// Calls `show` with the buckets; twice if finding the levels takes long.
export async function loadVolume(
  query: string,
  span: Span,
  signal: AbortSignal,
  show: (buckets: Buckets) => void,
): Promise<void> {
  const step = niceStep(span, bars);
  const count = async (q: string) =>
    toBuckets(
      await querySeries(volumeQuery(q, formatDuration(step)), span, step, signal),
      span,
      step,
    );
  const whole = await count(query);
  const waiting = setTimeout(() => show(whole), patience);
  try {
    show(await withLevels(query, whole, span, signal, count));
  } finally {
    clearTimeout(waiting);
  }
}

// When no label names the level but the lines do, their parser is asked; what it cannot read stays
// 'unknown', so the bars always sum to the same total.
async function withLevels(
  query: string,
  whole: Buckets,
  span: Span,
  signal: AbortSignal,
  count: (query: string) => Promise<Buckets>,
): Promise<Buckets> {
  const known = whole.counts.some((c) => c.level !== 'unknown');
  if (known || whole.total === 0 || hasParser(query)) return whole;
  const parser = await structureOfLines(query, span, signal);
  if (parser === null) return whole;
  return withRemainder(whole, await count(`${query.trimEnd()} | ${parser} | __error__=""`));
}

async function structureOfLines(
  query: string,
  span: Span,
  signal: AbortSignal,
): Promise<'json' | 'logfmt' | null> {
  const sample = await queryLogs(query, msToNs(span.from), msToNs(span.to), 20, 1000, signal);
  for (const { parsed, level } of sample.entries) {
    if (parsed.kind !== 'text' && level !== 'unknown') return parsed.kind;
  }
  return null;
}
