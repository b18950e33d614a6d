// The query input: a text area over its own coloured copy. Enter runs, Shift+Enter breaks the line.
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { tokenize } from '../lib/logql';

interface Props {
  label: string;
  value: string;
  placeholder: string;
  errorAt?: { line: number; column: number } | null;
  onInput(value: string): void;
  onRun(): void;
}

function offsetOf(text: string, at: { line: number; column: number }): number {
  const before = text.split('\n').slice(0, at.line - 1);
  return before.reduce((sum, line) => sum + line.length + 1, 0) + at.column - 1;
}

export function QueryBox({
  label,
  value,
  placeholder,
  errorAt,
  onInput,
  onRun,
}: Props): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const bad = errorAt ? offsetOf(value, errorAt) : -1;

  // A layout effect: the key works from the moment the box is on the page.
  useLayoutEffect(() => {
    const focus = () => {
      box.current?.focus();
      box.current?.select();
    };
    addEventListener('sluice:focus-query', focus);
    return () => removeEventListener('sluice:focus-query', focus);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') box.current?.blur();
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    onRun();
  };

  return (
    <div class="query-box">
      <pre class="query-colours" aria-hidden="true">
        {tokenize(value).map((t) => {
          const marked = bad >= t.at && bad < t.at + t.text.length;
          return (
            <span key={t.at} class={`t-${t.kind}${marked ? ' t-bad' : ''}`}>
              {t.text}
            </span>
          );
        })}
        {'\n'}
      </pre>
      <textarea
        ref={box}
        id="query"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        rows={1}
        onInput={(e) => onInput(e.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}
