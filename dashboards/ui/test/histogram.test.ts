import { describe, expect, it } from 'vitest';
import { evaluationTimes, niceStep, stack, toBuckets, withRemainder } from '../src/lib/histogram';
import { levelOfLine, normalizeLevel } from '../src/lib/levels';
import { alignSeries, nameOfSeries } from '../src/lib/series';

const second = 1000;

describe('steps', () => {
  it.each([
    [60 * second, 60, 1 * second],
    [3600 * second, 90, 60 * second],
    [86_400 * second, 90, 1800 * second],
    [5 * second, 90, 1 * second],
    [7 * 86_400 * second, 90, 7200 * second],
  ])('for %d ms in %d bars', (length, most, step) => {
    expect(niceStep({ from: 0, to: length }, most)).toBe(step);
  });

  it('never need more bars than asked, not even for decades', () => {
    for (const length of [1, 999, 1e6, 1e9, 1e12, 3e12]) {
      const step = niceStep({ from: 0, to: length }, 90);
      expect(length / step).toBeLessThanOrEqual(90);
    }
  });
});

describe('buckets', () => {
  const span = { from: 10_500, to: 19_500 };

  it('cover the span, each counted at its end', () => {
    expect(evaluationTimes(span, 5000)).toEqual({ from: 15_000, to: 20_000 });
    expect(toBuckets([], span, 5000).starts).toEqual([10_000, 15_000]);
  });

  it('cover a span shorter than one step', () => {
    expect(toBuckets([], { from: 11_000, to: 12_000 }, 5000).starts).toEqual([10_000]);
  });

  it('sum the spellings of a level and put the most severe first', () => {
    const buckets = toBuckets(
      [
        {
          metric: { level: 'info' },
          values: [
            [15, '4'],
            [20, '1'],
          ],
        },
        { metric: { level: 'ERROR' }, values: [[15, '2']] },
        { metric: { detected_level: 'err' }, values: [[20, '3']] },
        { metric: {}, values: [[15, '7']] },
      ],
      span,
      5000,
    );
    expect(buckets.counts).toEqual([
      { level: 'error', values: [2, 3] },
      { level: 'info', values: [4, 1] },
      { level: 'unknown', values: [7, 0] },
    ]);
    expect(buckets.total).toBe(17);
    expect(stack(buckets)).toEqual([
      [2, 3],
      [6, 4],
      [13, 4],
    ]);
  });

  it('ignore samples outside the span and numbers that are none', () => {
    const buckets = toBuckets(
      [
        {
          metric: {},
          values: [
            [5, '9'],
            [25, '9'],
            [15, 'NaN'],
          ],
        },
      ],
      span,
      5000,
    );
    expect(buckets.total).toBe(0);
  });

  it('keep their sum when the level is known for a part of the lines', () => {
    const whole = toBuckets(
      [
        {
          metric: {},
          values: [
            [15, '10'],
            [20, '4'],
          ],
        },
      ],
      span,
      5000,
    );
    const leveled = toBuckets(
      [
        {
          metric: { level: 'warn' },
          values: [
            [15, '3'],
            [20, '4'],
          ],
        },
      ],
      span,
      5000,
    );
    const merged = withRemainder(whole, leveled);
    expect(merged.counts).toEqual([
      { level: 'warn', values: [3, 4] },
      { level: 'unknown', values: [7, 0] },
    ]);
    expect(merged.total).toBe(14);
  });
});

describe('levels', () => {
  it.each([
    ['WARNING', 'warn'],
    ['fatal', 'critical'],
    ['Err', 'error'],
    ['notice', 'info'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    ['blue', 'unknown'],
  ] as const)('%s is %s', (text, level) => expect(normalizeLevel(text)).toBe(level));

  it('come from labels, then fields, then the beginning of the line', () => {
    expect(levelOfLine({ level: 'info' }, { level: 'error' }, 'panic')).toBe('info');
    expect(levelOfLine({}, { severity: 'ERROR' }, 'info')).toBe('error');
    expect(levelOfLine({}, {}, '2026-01-02 [WARN] disk')).toBe('warn');
    expect(levelOfLine({}, {}, 'terror and information')).toBe('unknown');
    expect(levelOfLine({}, {}, `${'x'.repeat(200)} error`)).toBe('unknown');
  });
});

describe('series', () => {
  it('are aligned to one grid with gaps kept', () => {
    const data = alignSeries(
      [
        {
          metric: {},
          values: [
            [10, '1'],
            [30, '3'],
          ],
        },
        {
          metric: {},
          values: [
            [20, '+Inf'],
            [40, '4'],
          ],
        },
      ],
      10_000,
    );
    expect(data).toEqual([
      [10, 20, 30, 40],
      [1, null, 3, null],
      [null, null, null, 4],
    ]);
  });

  it('may be none', () => {
    expect(alignSeries([], 1000)).toEqual([[]]);
    expect(alignSeries([{ metric: {}, values: [] }], 1000)).toEqual([[], []]);
  });

  it('are named as in PromQL', () => {
    expect(nameOfSeries({ __name__: 'up', job: 'a"b' })).toBe('up{job="a\\"b"}');
    expect(nameOfSeries({ __name__: 'up' })).toBe('up');
    expect(nameOfSeries({ b: '2', a: '1' })).toBe('{a="1", b="2"}');
    expect(nameOfSeries({})).toBe('value');
  });
});
