// One line of the list, and its detail when opened.
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Entry } from '../lib/entries';
import { pieces } from '../lib/highlight';
import type { Op } from '../lib/logql';
import { clock, dayAndClock } from '../lib/time';
import { LogDetail } from './log_detail';

const maxShown = 4000; // characters of a line in the list; the detail shows it whole

interface Props {
  entry: Entry;
  index: number;
  count: number;
  open: boolean;
  active: boolean;
  measure: boolean;
  raw: boolean;
  marks: string[];
  showDay: boolean;
  onToggle(key: string, index: number): void;
  onMeasured(key: string, height: number): void;
  onFilter(name: string, op: Op, value: string, entry: Entry): void;
}

export function LogRow(props: Props): JSX.Element {
  const { entry, open, measure, onMeasured } = props;
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (measure) onMeasured(entry.key, root.current!.offsetHeight);
  });
  useEffect(() => {
    if (!measure) return;
    const element = root.current!;
    const observer = new ResizeObserver(() => onMeasured(entry.key, element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [measure, entry.key]);
  useEffect(() => {
    if (!measure) onMeasured(entry.key, 0);
  }, [measure]);

  return (
    <div
      ref={root}
      role="listitem"
      class={`row ${entry.level}${open ? ' open' : ''}${props.active ? ' active' : ''}`}
      aria-posinset={props.index + 1}
      aria-setsize={props.count}
    >
      <div
        class="head"
        role="button"
        tabIndex={-1}
        aria-expanded={open}
        onClick={() => selecting() || props.onToggle(entry.key, props.index)}
      >
        <time title={`${dayAndClock(entry.ms)} local`}>
          {props.showDay ? `${dayAndClock(entry.ms).slice(5, 10)} ` : ''}
          {clock(entry.ms)}
        </time>
        <span class="level">{entry.level === 'unknown' ? '' : entry.level}</span>
        <span class="text">
          {props.raw || !entry.summary ? (
            <Marked text={entry.line} marks={props.marks} />
          ) : (
            <Smart entry={entry} marks={props.marks} />
          )}
        </span>
      </div>
      {open && <LogDetail entry={entry} onFilter={props.onFilter} />}
    </div>
  );
}

// Marking text with the mouse is not a click.
function selecting(): boolean {
  return (getSelection()?.toString() ?? '') !== '';
}

function Marked({ text, marks }: { text: string; marks: string[] }): JSX.Element {
  const shown = text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
  if (marks.length === 0) return <>{shown}</>;
  return (
    <>{pieces(shown, marks).map((p, i) => (p.marked ? <mark key={i}>{p.text}</mark> : p.text))}</>
  );
}

function Smart({ entry, marks }: { entry: Entry; marks: string[] }): JSX.Element {
  const { message, rest } = entry.summary!;
  return (
    <>
      <span class="msg">
        <Marked text={message} marks={marks} />
      </span>
      {rest.slice(0, 24).map(([name, value]) => (
        <span class="kv" key={name}>
          <i>{name}=</i>
          <Marked text={value} marks={marks} />
        </span>
      ))}
    </>
  );
}
