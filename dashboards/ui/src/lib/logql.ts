// Reading and composing LogQL, as far as clicks on values need it.
//
// The daemon parses queries; here a tokenizer is enough to find the stream selector, to see which
// parsers a pipeline has, to add a filter in the right place and to colour the input.

export type TokenKind =
  'string' | 'number' | 'operator' | 'word' | 'comment' | 'brace' | 'space' | 'other';

export interface Token {
  kind: TokenKind;
  text: string;
  at: number;
}

const rules: [TokenKind, RegExp][] = [
  ['space', /\s+/y],
  ['comment', /#[^\n]*/y],
  ['string', /"(?:\\.|[^"\\\n])*"?|`[^`]*`?/y],
  ['operator', /\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[|=<>+\-*/%^,]/y],
  ['brace', /[{}()[\]]/y],
  ['number', /\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhdwy]|[kKMGT]i?B|B)?(?:\d+[a-z]+)*/y],
  ['word', /[A-Za-z_][\w.:]*/y],
  ['other', /[^]/y],
];

export function tokenize(query: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const token = tokenAt(query, at);
    out.push(token);
    at += token.text.length;
  }
  return out;
}

function tokenAt(query: string, at: number): Token {
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = at;
    const m = pattern.exec(query);
    if (m) return { kind, text: m[0], at };
  }
  return { kind: 'other', text: query[at]!, at };
}

const meaningful = (t: Token) => t.kind !== 'space' && t.kind !== 'comment';

// A query for lines begins with its selector; anything else is a metric query.
export function isLogQuery(query: string): boolean {
  return tokenize(query).find(meaningful)?.text === '{';
}

// Double quotes with escapes; Go's rules and JSON's agree on what JSON.stringify writes.
export function quote(value: string): string {
  return JSON.stringify(value);
}

function unquote(text: string): string {
  if (text.startsWith('`'))
    return text.slice(1, text.endsWith('`') && text.length > 1 ? -1 : undefined);
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}

export type Op = '=' | '!=';

// Adds name="value" to the first selector; the same matcher twice is added once, and '=' on a name
// replaces a '=' or '=~' matcher of that name.
export function withMatcher(query: string, name: string, op: Op, value: string): string {
  const tokens = tokenize(query);
  const open = tokens.findIndex((t) => t.text === '{');
  const close = tokens.findIndex((t, i) => i > open && t.text === '}');
  if (open < 0 || close < 0) return `{${name}${op}${quote(value)}}`;
  const before = query.slice(0, tokens[open]!.at + 1);
  const after = query.slice(tokens[close]!.at);
  const matchers = splitMatchers(tokens.slice(open + 1, close));
  const wanted = `${name}${op}${quote(value)}`;
  const kept = matchers.filter((m) => m !== wanted && !(op === '=' && replaces(m, name)));
  return before + [...kept, wanted].join(', ') + after;
}

function splitMatchers(tokens: Token[]): string[] {
  const out = [''];
  for (const t of tokens.filter(meaningful)) {
    if (t.text === ',') out.push('');
    else out[out.length - 1] += t.text;
  }
  return out.filter((m) => m !== '');
}

function replaces(matcher: string, name: string): boolean {
  return (
    matcher.startsWith(`${name}="`) ||
    matcher.startsWith(`${name}=~`) ||
    matcher.startsWith(`${name}=\``)
  );
}

export type Parser = 'json' | 'logfmt';

export function hasParser(query: string): boolean {
  const tokens = tokenize(query).filter(meaningful);
  return tokens.some(
    (t, i) =>
      tokens[i - 1]?.text === '|' &&
      ['json', 'logfmt', 'pattern', 'regexp', 'unpack'].includes(t.text),
  );
}

// Appends | name op value, after a parser stage if the field comes out of the line.
export function withField(
  query: string,
  name: string,
  op: Op,
  value: string,
  parser: Parser | null,
): string {
  const parse = parser !== null && !hasParser(query) ? ` | ${parser}` : '';
  const filter = ` | ${name}${op}${quote(value)}`;
  const base = query.trimEnd();
  return base.includes(filter.trim()) ? base : base + parse + filter;
}

// Appends |= "text" behind the selector's other line filters' place: at the end is always valid.
export function withLineFilter(query: string, op: '|=' | '!=', text: string): string {
  return `${query.trimEnd()} ${op} ${quote(text)}`;
}

// The texts that |= looks for, to mark them in the lines.
export function searchedTexts(query: string): string[] {
  const tokens = tokenize(query).filter(meaningful);
  return tokens
    .filter((t, i) => t.kind === 'string' && tokens[i - 1]?.text === '|=')
    .map((t) => unquote(t.text))
    .filter((text) => text !== '');
}

// Lines per step and level. Both names of the level label are asked for: `level` when the line's
// own label or field has it, `detected_level` when the daemon found it.
export function volumeQuery(query: string, step: string): string {
  return `sum by (level, detected_level) (count_over_time(${query.trim()} [${step}]))`;
}

export function selectorOf(labels: Record<string, string>): string {
  const matchers = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${quote(labels[name]!)}`);
  return `{${matchers.join(', ')}}`;
}

// Where a parse error points to, 1-based: 'parse error at line 1, col 7: ...' or '1:7: ...'.
export function errorPosition(message: string): { line: number; column: number } | null {
  const m =
    /line (\d+),? col(?:umn)? (\d+)/.exec(message) ?? /(?:^|\s)(\d+):(\d+):(?:\s|$)/.exec(message);
  return m ? { line: Number(m[1]), column: Number(m[2]) } : null;
}
