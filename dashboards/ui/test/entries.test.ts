import { describe, expect, it } from 'vitest';
import { compareNs, fieldsOf, toEntries, unseen } from '../src/lib/entries';
import { parseLine, summarize } from '../src/lib/fields';
import { pieces } from '../src/lib/highlight';
import { topOf, totalHeight, windowOf } from '../src/lib/window';

describe('entries', () => {
  it('are merged from streams, newest first', () => {
    const entries = toEntries([
      {
        stream: { a: '1' },
        values: [
          ['3000', 'three'],
          ['1000', 'one'],
        ],
      },
      { stream: { a: '2' }, values: [['2000', 'two']] },
    ]);
    expect(entries.map((e) => e.line)).toEqual(['three', 'two', 'one']);
  });

  it('keep the order of what shares a nanosecond, and their keys differ', () => {
    const entries = toEntries([
      {
        stream: {},
        values: [
          ['5', 'x'],
          ['5', 'x'],
          ['5', 'y'],
        ],
      },
    ]);
    expect(entries.map((e) => e.line)).toEqual(['x', 'x', 'y']);
    expect(new Set(entries.map((e) => e.key)).size).toBe(3);
  });

  it('of overlapping pages are shown once', () => {
    const first = toEntries([
      {
        stream: {},
        values: [
          ['9', 'c'],
          ['8', 'b'],
          ['8', 'b'],
        ],
      },
    ]);
    const second = toEntries([
      {
        stream: {},
        values: [
          ['8', 'b'],
          ['8', 'b'],
          ['8', 'b'],
          ['7', 'a'],
        ],
      },
    ]);
    expect(unseen(first, second).map((e) => e.line)).toEqual(['b', 'a']);
  });

  it('compare timestamps of different length by value', () => {
    expect(compareNs('999', '1000')).toBeLessThan(0);
    expect(compareNs('1001', '1000')).toBeGreaterThan(0);
    expect(compareNs('1000', '1000')).toBe(0);
  });

  it('list labels before fields and no name twice', () => {
    const [entry] = toEntries([
      { stream: { level: 'info', app: 'x' }, values: [['1', '{"level":"error","user":"u"}']] },
    ]);
    expect(fieldsOf(entry!)).toEqual([
      { name: 'level', value: 'info', from: 'label' },
      { name: 'app', value: 'x', from: 'label' },
      { name: 'user', value: 'u', from: 'field' },
    ]);
  });
});

describe('lines', () => {
  it('of JSON are flattened as | json does', () => {
    const line = '{"a":1,"b":{"c":true,"d-e":"x"},"list":[1],"none":null,"s":"t"}';
    expect(parseLine(line)).toEqual({
      kind: 'json',
      fields: { a: '1', b_c: 'true', b_d_e: 'x', s: 't' },
    });
  });

  it('of logfmt are pairs with quotes', () => {
    expect(parseLine('level=info msg="two \\"words\\"" n=5')).toEqual({
      kind: 'logfmt',
      fields: { level: 'info', msg: 'two "words"', n: '5' },
    });
  });

  it.each(['plain words', '{"broken": ', 'one a=b in a sentence that goes on', '', '{}x', '[1,2]'])(
    'such as %j are text',
    (line) => expect(parseLine(line).kind).toBe('text'),
  );

  it('with absurdly many fields are cut', () => {
    const wide = JSON.stringify(
      Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, i])),
    );
    expect(Object.keys(parseLine(wide).fields)).toHaveLength(200);
  });

  it('are summarized by their message', () => {
    const summary = summarize(parseLine('{"ts":"x","level":"info","msg":"hello","user":"u1"}'));
    expect(summary).toEqual({ message: 'hello', rest: [['user', 'u1']] });
    expect(summarize(parseLine('{"a":1}'))).toBeNull();
    expect(summarize(parseLine('text'))).toBeNull();
  });
});

describe('marks', () => {
  it('cut the text without losing any of it', () => {
    expect(pieces('a timeout, a TIMEOUT', ['timeout'])).toEqual([
      { text: 'a ', marked: false },
      { text: 'timeout', marked: true },
      { text: ', a TIMEOUT', marked: false },
    ]);
    expect(pieces('aaa', ['a', 'aa'])).toEqual([
      { text: 'aa', marked: true },
      { text: 'a', marked: true },
    ]);
    expect(pieces('x', ['', 'y'])).toEqual([{ text: 'x', marked: false }]);
    expect(pieces('', ['y'])).toEqual([]);
  });
});

describe('the window of a list', () => {
  it('holds the visible rows and a few more', () => {
    expect(windowOf(1000, 20, [], 4000, 400, 5)).toEqual({
      first: 195,
      last: 226,
      offset: 3900,
      height: 20_000,
    });
  });

  it('stays inside the list', () => {
    expect(windowOf(3, 20, [], 0, 400)).toEqual({ first: 0, last: 3, offset: 0, height: 60 });
    expect(windowOf(0, 20, [], 0, 400)).toMatchObject({ first: 0, last: 0, height: 0 });
    expect(windowOf(10, 20, [], 99_999, 400, 2)).toMatchObject({ first: 7, last: 10 });
  });

  it('counts opened rows', () => {
    const opened = [
      { index: 2, extra: 300 },
      { index: 50, extra: 100 },
    ];
    expect(totalHeight(100, 20, opened)).toBe(2400);
    expect(topOf(2, 20, opened)).toBe(40);
    expect(topOf(3, 20, opened)).toBe(360);
    // Row 2 reaches from 40 to 360, so at 200 it is still the first.
    expect(windowOf(100, 20, opened, 200, 100, 0)).toMatchObject({ first: 2, last: 3, offset: 40 });
    expect(windowOf(100, 20, opened, 360, 20, 0)).toMatchObject({ first: 3, offset: 360 });
  });
});
