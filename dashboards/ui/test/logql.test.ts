import { describe, expect, it } from 'vitest';
import {
  errorPosition,
  hasParser,
  isLogQuery,
  quote,
  searchedTexts,
  selectorOf,
  tokenize,
  volumeQuery,
  withField,
  withLineFilter,
  withMatcher,
} from '../src/lib/logql';

describe('the tokenizer', () => {
  it.each([
    '{a="b"} |= "c" | json | x > 5ms',
    'sum by (level) (rate({a=~`x.*`} [5m])) / 2',
    '{a="unfinished',
    '{a="\\"}',
    '# only a comment\n{a="b"}',
    'ünï ∞ \u0000 "',
    '',
  ])('loses no character of %j', (query) => {
    expect(
      tokenize(query)
        .map((t) => t.text)
        .join(''),
    ).toBe(query);
  });

  it('knows strings, operators, words and numbers apart', () => {
    const kinds = tokenize('{a!~"b"} |~ `c` | d >= 1.5s').filter((t) => t.kind !== 'space');
    expect(kinds.map((t) => t.kind)).toEqual([
      'brace',
      'word',
      'operator',
      'string',
      'brace',
      'operator',
      'string',
      'operator',
      'word',
      'operator',
      'number',
    ]);
  });
});

it.each([
  ['{a="b"}', true],
  ['  {a="b"} | json', true],
  ['# why\n{a="b"}', true],
  ['rate({a="b"}[1m])', false],
  ['', false],
  ['1 + 1', false],
])('isLogQuery(%j)', (query, yes) => expect(isLogQuery(query)).toBe(yes));

describe('a matcher', () => {
  it.each([
    ['{a="b"}', '=', '{a="b", host="web-1"}'],
    ['{a="b"} |= "x"', '!=', '{a="b", host!="web-1"} |= "x"'],
    ['{host="other"}', '=', '{host="web-1"}'],
    ['{host=~".+", a="b"}', '=', '{a="b", host="web-1"}'],
    ['{host!="web-2"}', '=', '{host!="web-2", host="web-1"}'],
    ['{host="web-1"}', '=', '{host="web-1"}'],
    ['rate({a="b"}[1m])', '=', 'rate({a="b", host="web-1"}[1m])'],
    ['', '=', '{host="web-1"}'],
    ['{a="}"} |= "{"', '=', '{a="}", host="web-1"} |= "{"'],
  ] as const)('goes into %j with %s', (query, op, result) => {
    expect(withMatcher(query, 'host', op, 'web-1')).toBe(result);
  });

  it('does not replace a longer name that begins the same', () => {
    expect(withMatcher('{hostname="x"}', 'host', '=', 'y')).toBe('{hostname="x", host="y"}');
  });
});

describe('a field filter', () => {
  it('brings the parser it needs, once', () => {
    const first = withField('{a="b"}', 'trace_id', '=', 'abc', 'json');
    expect(first).toBe('{a="b"} | json | trace_id="abc"');
    expect(withField(first, 'user', '!=', 'u1', 'json')).toBe(
      '{a="b"} | json | trace_id="abc" | user!="u1"',
    );
  });

  it('is added once', () => {
    const query = '{a="b"} | json | x="1"';
    expect(withField(query, 'x', '=', '1', 'json')).toBe(query);
  });

  it('needs no parser for structured metadata', () => {
    expect(withField('{a="b"} ', 'pod', '=', 'p-1', null)).toBe('{a="b"} | pod="p-1"');
  });

  it('does not take a label called json for a parser', () => {
    expect(hasParser('{json="x"} |= "| json"')).toBe(false);
    expect(hasParser('{a="b"} | logfmt | json="x"')).toBe(true);
  });
});

it.each(['plain', 'with "quotes"', 'back\\slash', 'new\nline', 'tab\t', '日本', '`'])(
  'quoting %j survives the tokenizer',
  (value) => {
    const tokens = tokenize(`{a=${quote(value)}}`);
    expect(tokens[3]!.kind).toBe('string');
    expect(JSON.parse(tokens[3]!.text)).toBe(value);
  },
);

it('line filters go to the end', () => {
  expect(withLineFilter('{a="b"} ', '|=', 'x "y"')).toBe('{a="b"} |= "x \\"y\\""');
});

it('finds what lines are searched for', () => {
  expect(searchedTexts('{a="b"} |= "one" != "no" |= `t"wo` |= ""')).toEqual(['one', 't"wo']);
});

it('counts lines per step and level', () => {
  expect(volumeQuery('{a="b"} ', '5s')).toBe(
    'sum by (level, detected_level) (count_over_time({a="b"} [5s]))',
  );
});

it('names a stream by its labels, in one order', () => {
  expect(selectorOf({ b: 'x"y', a: '1' })).toBe('{a="1", b="x\\"y"}');
});

it.each([
  ['parse error at line 2, col 7: unexpected }', { line: 2, column: 7 }],
  ['parse error at line 1 column 3', { line: 1, column: 3 }],
  ['1:15: unknown function', { line: 1, column: 15 }],
  ['something else', null],
  ['at 12:30:45 nothing', null],
])('error position of %j', (message, at) => expect(errorPosition(message)).toEqual(at));
