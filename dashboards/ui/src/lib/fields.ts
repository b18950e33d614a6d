// The fields inside a line, under the names that LogQL's `| json` and `| logfmt` give them.

export interface Parsed {
  kind: 'json' | 'logfmt' | 'text';
  fields: Record<string, string>;
}

const maxFields = 200;

// Nested objects join their names with '_'; arrays are skipped, as `| json` does.
function flatten(value: object, prefix: string, out: Record<string, string>): void {
  for (const [key, child] of Object.entries(value)) {
    if (Object.keys(out).length >= maxFields) return;
    const name = prefix + key.replace(/[^A-Za-z0-9_]/g, '_');
    if (Array.isArray(child) || child === null) continue;
    if (typeof child === 'object') flatten(child as object, `${name}_`, out);
    else out[name] = String(child);
  }
}

function parseJson(line: string): Parsed | null {
  if (!line.startsWith('{')) return null;
  try {
    const fields: Record<string, string> = {};
    flatten(JSON.parse(line) as object, '', fields);
    return { kind: 'json', fields };
  } catch {
    return null; // a line that only looks like JSON is text
  }
}

const pair = /([A-Za-z_][\w.-]*)=("(?:\\.|[^"\\])*"|[^\s"]*)(?:\s|$)/g;

function parseLogfmt(line: string): Parsed | null {
  const fields: Record<string, string> = {};
  let covered = 0;
  for (const m of line.matchAll(pair)) {
    const raw = m[2]!;
    fields[m[1]!.replace(/[^A-Za-z0-9_]/g, '_')] = raw.startsWith('"')
      ? raw.slice(1, -1).replace(/\\(.)/g, '$1')
      : raw;
    covered += m[0].length;
  }
  // Prose with one a=b in it is text; logfmt is mostly pairs.
  return Object.keys(fields).length >= 2 && covered * 2 >= line.length
    ? { kind: 'logfmt', fields }
    : null;
}

export function parseLine(line: string): Parsed {
  const trimmed = line.trim();
  return parseJson(trimmed) ?? parseLogfmt(trimmed) ?? { kind: 'text', fields: {} };
}

const messageNames = ['msg', 'message', 'log', 'event', 'error'];
const shownElsewhere = new Set(['ts', 'time', 'timestamp', 't', 'level', 'severity', 'lvl']);

export interface Summary {
  message: string;
  rest: [string, string][];
}

// A structured line as people read it: the message, then the other fields. null for plain text.
export function summarize(parsed: Parsed): Summary | null {
  const name = messageNames.find((n) => parsed.fields[n] !== undefined);
  if (parsed.kind === 'text' || name === undefined) return null;
  const rest = Object.entries(parsed.fields).filter(([n]) => n !== name && !shownElsewhere.has(n));
  return { message: parsed.fields[name]!, rest };
}
