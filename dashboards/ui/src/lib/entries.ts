// Lines as the list shows them: merged from streams, newest first, with a key that survives paging.
import { parseLine, summarize, type Parsed, type Summary } from './fields';
import { levelOfLine, type Level } from './levels';
import { nsToMs } from './time';

export interface Stream {
  stream: Record<string, string>;
  values: [string, string, ...unknown[]][];
}

export interface Entry {
  key: string; // timestamp, stream and occurrence: the same line twice in one nanosecond is two
  ns: string;
  ms: number;
  labels: Record<string, string>;
  line: string;
  level: Level;
  parsed: Parsed;
  summary: Summary | null;
}

export function labelKey(labels: Record<string, string>): string {
  return Object.keys(labels)
    .sort()
    .map((n) => `${n}=${labels[n]}`)
    .join(',');
}

// Nanoseconds of the present have 19 digits; shorter ones are older.
export function compareNs(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function toEntries(streams: Stream[]): Entry[] {
  const seen = new Map<string, number>();
  const out: Entry[] = [];
  for (const { stream, values } of streams) {
    const id = labelKey(stream);
    for (const [ns, line] of values) {
      const base = `${ns} ${id} ${line}`;
      const occurrence = seen.get(base) ?? 0;
      seen.set(base, occurrence + 1);
      out.push(makeEntry(`${base} ${occurrence}`, ns, stream, line));
    }
  }
  return out.sort((a, b) => compareNs(b.ns, a.ns));
}

function makeEntry(key: string, ns: string, labels: Record<string, string>, line: string): Entry {
  const parsed = parseLine(line);
  const level = levelOfLine(labels, parsed.fields, line);
  return { key, ns, ms: nsToMs(ns), labels, line, level, parsed, summary: summarize(parsed) };
}

// What of `more` is not in `have` yet. Pages overlap by the timestamp at their border, because a
// page may end inside a burst of lines that share one nanosecond.
export function unseen(have: Entry[], more: Entry[]): Entry[] {
  const keys = new Set(have.map((e) => e.key));
  return more.filter((e) => !keys.has(e.key));
}

// The fields to list in an entry's detail: its own labels first, then what the line holds.
export function fieldsOf(entry: Entry): { name: string; value: string; from: 'label' | 'field' }[] {
  const labels = Object.entries(entry.labels).map(([name, value]) => ({
    name,
    value,
    from: 'label' as const,
  }));
  const fields = Object.entries(entry.parsed.fields)
    .filter(([name]) => entry.labels[name] === undefined)
    .map(([name, value]) => ({ name, value, from: 'field' as const }));
  return [...labels, ...fields];
}
