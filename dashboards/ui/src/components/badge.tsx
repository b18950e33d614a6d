import type { ComponentChildren, JSX } from 'preact';
import type { Tone } from '../lib/alerts';

// A state as a word with a colour; the word alone must do, for who does not see the colour.
export function Badge({
  tone,
  children,
}: {
  tone: Tone;
  children: ComponentChildren;
}): JSX.Element {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function Labels({
  labels,
  without = [],
}: {
  labels: Record<string, string>;
  without?: string[];
}): JSX.Element {
  const names = Object.keys(labels)
    .filter((n) => !without.includes(n))
    .sort();
  return (
    <span class="label-set">
      {names.map((n) => (
        <code key={n}>
          {n}={labels[n]}
        </code>
      ))}
    </span>
  );
}
