// Times as people write them, and ranges of them.
//
// A time is 'now', 'now-15m', 'now+1h', a date ('2026-01-02', '2026-01-02 12:30', RFC 3339) or a
// Unix number in seconds, milliseconds, microseconds or nanoseconds (told apart by size).
// Everything inside the UI is in milliseconds; nanoseconds stay strings, a double cannot hold them.

export interface Range {
  from: string;
  to: string;
}

export interface Span {
  from: number;
  to: number;
}

const unitMs: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

// '1h30m', '250ms', '2d'; null if it is not a duration.
export function parseDuration(text: string): number | null {
  const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/gy;
  let total = 0;
  let end = 0;
  for (let m = part.exec(text); m; m = part.exec(text)) {
    total += Number(m[1]) * (unitMs[m[2]!] ?? 0);
    end = part.lastIndex;
  }
  return end > 0 && end === text.length ? total : null;
}

// The largest units first, nothing that is zero: 5400000 -> '1h30m'.
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  let out = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = unitMs[unit]!;
    if (rest >= size) {
      out += `${Math.floor(rest / size)}${unit}`;
      rest %= size;
    }
  }
  return out || '0s';
}

function parseUnix(digits: string): number {
  const n = Number(digits);
  if (n < 1e11) return n * 1000;
  if (n < 1e14) return n;
  if (n < 1e17) return n / 1000;
  return n / 1e6;
}

function parseDate(text: string): number | null {
  const m =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?(Z|[+-]\d{2}:\d{2})?$/.exec(
      text,
    );
  if (!m) return null;
  const ms = Date.parse(`${m[1]}T${m[2] ?? '00:00'}${m[3] ?? ''}`);
  return Number.isNaN(ms) ? null : ms;
}

// Milliseconds, or null if the text is no time.
export function parseTime(text: string, now: number): number | null {
  const t = text.trim();
  if (t === 'now') return now;
  const relative = /^now([+-])(.+)$/.exec(t);
  if (relative) {
    const d = parseDuration(relative[2]!);
    if (d === null) return null;
    return relative[1] === '-' ? now - d : now + d;
  }
  if (/^\d{9,19}$/.test(t)) return parseUnix(t);
  return parseDate(t);
}

// The range in milliseconds, or a sentence saying what is wrong with it.
export function resolveRange(range: Range, now: number): Span | string {
  const from = parseTime(range.from, now);
  const to = parseTime(range.to, now);
  if (from === null) return `"${range.from}" is not a time. Try now-1h or 2026-01-02 15:04.`;
  if (to === null) return `"${range.to}" is not a time. Try now or 2026-01-02 15:04.`;
  if (from >= to) return 'The range ends before it begins.';
  return { from, to };
}

export function isRelative(range: Range): boolean {
  return range.from.trim().startsWith('now') || range.to.trim().startsWith('now');
}

export function absolute(span: Span): Range {
  return { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() };
}

// The same length, one length earlier (-1) or later (+1).
export function shift(span: Span, direction: number): Span {
  const by = (span.to - span.from) * direction;
  return { from: span.from + by, to: span.to + by };
}

// Twice as long around the same middle, but not into the future.
export function zoomOut(span: Span, now: number): Span {
  const half = (span.to - span.from) / 2;
  const to = Math.min(span.to + half, Math.max(now, span.to));
  return { from: to - 4 * half, to };
}

const two = (n: number) => String(n).padStart(2, '0');
const seconds = (d: Date) => `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;

export function clock(ms: number): string {
  const d = new Date(ms);
  return `${seconds(d)}.${String(d.getMilliseconds()).padStart(3, '0')}`;
}

export function dayAndClock(ms: number): string {
  const d = new Date(ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${seconds(d)}`;
}

export function describeRange(range: Range): string {
  const relative = /^now-(.+)$/.exec(range.from.trim());
  if (relative && range.to.trim() === 'now') return `Last ${relative[1]}`;
  const now = Date.now();
  const span = resolveRange(range, now);
  if (typeof span === 'string') return `${range.from} to ${range.to}`;
  const from = dayAndClock(span.from);
  const to = dayAndClock(span.to);
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} – ${to.slice(11)}` : `${from} – ${to}`;
}

// '12s ago', '3m ago', 'in 2h'.
export function ago(ms: number, now: number): string {
  const distance = Math.abs(now - ms);
  const unit =
    distance < 60_000 ? 's' : distance < 3_600_000 ? 'm' : distance < 172_800_000 ? 'h' : 'd';
  const text = `${Math.floor(distance / unitMs[unit]!)}${unit}`;
  return ms <= now ? `${text} ago` : `in ${text}`;
}

export function nsToMs(ns: string): number {
  return Number(ns.slice(0, -6) || '0') + Number(ns.slice(-6)) / 1e6;
}

export function msToNs(ms: number): string {
  return String(BigInt(Math.round(ms)) * 1_000_000n);
}

// Full precision, UTC: what a person pastes into a ticket.
export function rfc3339(ns: string): string {
  const seconds = Number(ns.slice(0, -9) || '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${ns.slice(-9).padStart(9, '0')}Z`;
}
