// The time range: quick choices, or from and to as text; arrows shift it, minus widens it.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  absolute,
  describeRange,
  resolveRange,
  shift,
  zoomOut,
  type Range,
  type Span,
} from '../lib/time';
import { Icon } from './icon';

const quick = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '24h', '2d', '7d', '30d'];

interface Props {
  range: Range;
  onChange(range: Range): void;
}

export function TimePicker({ range, onChange }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
    const outside = (e: Event) => {
      if (!root.current?.contains(e.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    return () => removeEventListener('pointerdown', outside);
  }, [open]);

  const move = (how: (span: Span) => Span) => {
    const span = resolveRange(range, Date.now());
    if (typeof span !== 'string') onChange(absolute(how(span)));
  };
  const choose = (next: Range) => {
    setOpen(false);
    button.current?.focus();
    onChange(next);
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key !== 'Escape' || !open) return;
    e.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };

  return (
    <div class="time-picker" ref={root} onKeyDown={onKeyDown}>
      <button
        class="btn icon"
        title="Earlier  ["
        aria-label="Earlier"
        onClick={() => move((s) => shift(s, -1))}
      >
        <Icon name="left" />
      </button>
      <button
        ref={button}
        id="time"
        class="btn"
        aria-haspopup="dialog"
        aria-expanded={open}
        title="Time range  t"
        onClick={() => setOpen(!open)}
      >
        <Icon name="clock" />
        <span>{describeRange(range)}</span>
      </button>
      <button
        class="btn icon"
        title="Later  ]"
        aria-label="Later"
        onClick={() => move((s) => shift(s, 1))}
      >
        <Icon name="right" />
      </button>
      <button
        class="btn icon"
        title="Zoom out  -"
        aria-label="Zoom out"
        onClick={() => move((s) => zoomOut(s, Date.now()))}
      >
        <Icon name="minus" />
      </button>
      {open && <Panel range={range} onChoose={choose} />}
    </div>
  );
}

function Panel({ range, onChoose }: { range: Range; onChoose(range: Range): void }): JSX.Element {
  const [from, setFrom] = useState(range.from);
  const [to, setTo] = useState(range.to);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const span = resolveRange({ from, to }, Date.now());
  const submit = (e: Event) => {
    e.preventDefault();
    if (typeof span !== 'string') onChoose({ from, to });
  };
  return (
    <div class="popover time-panel" role="dialog" aria-label="Time range">
      <div class="quick" role="group" aria-label="Quick ranges">
        {quick.map((d) => (
          <button
            key={d}
            class={range.to === 'now' && range.from === `now-${d}` ? 'chip on' : 'chip'}
            onClick={() => onChoose({ from: `now-${d}`, to: 'now' })}
          >
            {d}
          </button>
        ))}
      </div>
      <form onSubmit={submit}>
        <label>
          From
          <input
            ref={first}
            value={from}
            spellcheck={false}
            onInput={(e) => setFrom(e.currentTarget.value)}
          />
        </label>
        <label>
          To
          <input value={to} spellcheck={false} onInput={(e) => setTo(e.currentTarget.value)} />
        </label>
        <p class={typeof span === 'string' ? 'hint bad' : 'hint'} role="status">
          {typeof span === 'string' ? span : 'now-1h, 2026-01-02 15:04, RFC 3339 or a Unix time'}
        </p>
        <button class="btn primary" type="submit" disabled={typeof span === 'string'}>
          Apply
        </button>
      </form>
    </div>
  );
}
