import { describe, expect, it } from 'vitest';
import {
  absolute,
  ago,
  clock,
  dayAndClock,
  describeRange,
  formatDuration,
  isRelative,
  msToNs,
  nsToMs,
  parseDuration,
  parseTime,
  resolveRange,
  rfc3339,
  shift,
  zoomOut,
} from '../src/lib/time';

const now = Date.parse('2026-01-02T12:00:00Z');
const minute = 60_000;

describe('durations', () => {
  it.each([
    ['15m', 15 * minute],
    ['1h30m', 90 * minute],
    ['250ms', 250],
    ['2d', 48 * 60 * minute],
    ['1.5h', 90 * minute],
    ['1w', 7 * 24 * 60 * minute],
    ['0s', 0],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '15', 'm', '15 m', '1h30', '-5m', '5 minutes', '5mx'])('refuses %j', (text) =>
    expect(parseDuration(text)).toBeNull(),
  );

  it.each([
    [90 * minute, '1h30m'],
    [500, '500ms'],
    [0, '0s'],
    [86_400_000, '1d'],
    [61_000, '1m1s'],
  ])('writes %d ms', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('reads what it writes', () => {
    for (const ms of [1, 999, 1000, 59_999, 3_600_000, 90_061_001]) {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }
  });
});

describe('times', () => {
  it.each([
    ['now', now],
    ['now-15m', now - 15 * minute],
    ['now+1h', now + 60 * minute],
    ['2026-01-02T12:00:00Z', now],
    ['2026-01-02T13:00:00+01:00', now],
    ['2026-01-02T12:00:00.123456789Z', now + 123],
    [String(now / 1000), now],
    [String(now), now],
    [`${now}000`, now],
    [`${now}000000`, now],
  ])('reads %s', (text, ms) => expect(Math.floor(parseTime(text, now)!)).toBe(ms));

  it.each(['', 'yesterday', 'now-', 'now-5', '2026-13-02', '12:00', '2026-01-02T25:00'])(
    'refuses %j',
    (text) => expect(parseTime(text, now)).toBeNull(),
  );

  it('reads a date without a zone as local time', () => {
    expect(parseTime('2026-01-02 08:30', now)).toBe(new Date(2026, 0, 2, 8, 30).getTime());
  });

  it('keeps nanoseconds when they are text', () => {
    expect(rfc3339('1767355200123456789')).toBe('2026-01-02T12:00:00.123456789Z');
    expect(nsToMs('1767355200123456789')).toBeCloseTo(now + 123.456789, 3);
    expect(msToNs(now)).toBe('1767355200000000000');
  });
});

describe('ranges', () => {
  it('become milliseconds or a sentence', () => {
    expect(resolveRange({ from: 'now-1h', to: 'now' }, now)).toEqual({
      from: now - 60 * minute,
      to: now,
    });
    expect(resolveRange({ from: 'lately', to: 'now' }, now)).toContain('"lately" is not a time');
    expect(resolveRange({ from: 'now-1h', to: 'soon' }, now)).toContain('"soon" is not a time');
    expect(resolveRange({ from: 'now', to: 'now-1h' }, now)).toContain('ends before it begins');
  });

  it('shift by their own length', () => {
    expect(shift({ from: 100, to: 160 }, -1)).toEqual({ from: 40, to: 100 });
    expect(shift({ from: 100, to: 160 }, 1)).toEqual({ from: 160, to: 220 });
  });

  it('zoom out to twice the length but not into the future', () => {
    expect(zoomOut({ from: 100, to: 200 }, 10_000)).toEqual({ from: 50, to: 250 });
    expect(zoomOut({ from: 100, to: 200 }, 200)).toEqual({ from: 0, to: 200 });
  });

  it('know whether they move with the clock', () => {
    expect(isRelative({ from: 'now-1h', to: 'now' })).toBe(true);
    expect(isRelative(absolute({ from: 0, to: now }))).toBe(false);
  });

  it('are described for people', () => {
    expect(describeRange({ from: 'now-15m', to: 'now' })).toBe('Last 15m');
    expect(describeRange(absolute({ from: now, to: now + minute }))).toBe(
      `${dayAndClock(now)} – ${dayAndClock(now + minute).slice(11)}`,
    );
  });
});

it('clocks have 24 hours and milliseconds', () => {
  expect(clock(new Date(2026, 0, 2, 15, 4, 5, 6).getTime())).toBe('15:04:05.006');
});

it.each([
  [5_000, '5s ago'],
  [125_000, '2m ago'],
  [7_200_000, '2h ago'],
  [259_200_000, '3d ago'],
  [-90_000, 'in 1m'],
])('%d ms ago', (distance, text) => expect(ago(now - distance, now)).toBe(text));
