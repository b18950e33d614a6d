// Errors and hints, as a person wants to read them: what is wrong, where, and what to do.
import type { ComponentChildren, JSX } from 'preact';
import { errorPosition } from '../lib/logql';

export function ErrorNotice({
  title,
  message,
  query,
}: {
  title: string;
  message: string;
  query?: string;
}): JSX.Element {
  return (
    <div class="notice bad" role="alert">
      <strong>{title}</strong>
      <p>{message}</p>
      {query !== undefined && <Caret query={query} message={message} />}
    </div>
  );
}

// The line of the query with a caret under the place the daemon complained about.
function Caret({ query, message }: { query: string; message: string }): JSX.Element | null {
  const at = errorPosition(message);
  const line = at ? query.split('\n')[at.line - 1] : undefined;
  if (!at || line === undefined || at.column > line.length + 1) return null;
  return (
    <pre class="caret">
      {line}
      {'\n'}
      {' '.repeat(at.column - 1)}
      <b>^</b>
    </pre>
  );
}

export function Warning({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div class="notice warn" role="status">
      {children}
    </div>
  );
}

export function Empty({
  title,
  children,
}: {
  title: string;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty" role="status">
      <svg viewBox="0 0 120 48" aria-hidden="true">
        <path d="M4 14c9-8 18-8 28 0s19 8 28 0 18-8 28 0 19 8 28 0" />
        <path d="M4 34c9-8 18-8 28 0s19 8 28 0 18-8 28 0 19 8 28 0" />
      </svg>
      <strong>{title}</strong>
      <div>{children}</div>
    </div>
  );
}
