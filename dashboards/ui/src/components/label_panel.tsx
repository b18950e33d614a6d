// The labels of the range and their values: a way in for who does not know the query language.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/client';
import { Icon } from './icon';

const firstShown = 30;

interface Props {
  labels: string[];
  query: string;
  load(name: string): Promise<string[]>;
  onPick(name: string, value: string): void;
}

export function LabelPanel({ labels, query, load, onPick }: Props): JSX.Element {
  return (
    <nav class="labels" aria-label="Labels">
      <h2>Labels</h2>
      {labels.length === 0 && <p class="dim">No labels in this range.</p>}
      {labels.map((name) => (
        <Label key={name} name={name} query={query} load={load} onPick={onPick} />
      ))}
    </nav>
  );
}

function Label({
  name,
  query,
  load,
  onPick,
}: Omit<Props, 'labels'> & { name: string }): JSX.Element {
  const [open, setOpen] = useState(false);
  const [values, setValues] = useState<string[] | null>(null);
  const [problem, setProblem] = useState('');
  const [all, setAll] = useState(false);
  useEffect(() => {
    if (!open) return;
    load(name).then(setValues, (e) => setProblem(messageOf(e)));
  }, [open]);
  const shown = all ? (values ?? []) : (values ?? []).slice(0, firstShown);
  return (
    <div class={open ? 'label open' : 'label'}>
      <button class="label-name" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'right'} />
        {name}
      </button>
      {open && problem && <p class="hint bad">{problem}</p>}
      {open && !values && !problem && <p class="dim">loading…</p>}
      {open &&
        shown.map((value) => (
          <button
            key={value}
            class={
              query.includes(`${name}=${JSON.stringify(value)}`) ? 'label-value on' : 'label-value'
            }
            title={value}
            onClick={() => onPick(name, value)}
          >
            {value || '(empty)'}
          </button>
        ))}
      {open && values && values.length > shown.length && (
        <button class="label-value more" onClick={() => setAll(true)}>
          {values.length - shown.length} more
        </button>
      )}
    </div>
  );
}
