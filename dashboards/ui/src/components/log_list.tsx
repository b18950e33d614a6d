// The lines: a virtual list, so that a hundred thousand of them scroll as well as ten. Rows have
// one height; opened or wrapped ones report what they need beyond it once they are drawn.
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Entry } from '../lib/entries';
import type { Op } from '../lib/logql';
import { topOf, windowOf, type Opened } from '../lib/window';
import { LogRow } from './log_row';

export const rowHeight = 22;
const nearEnd = 800; // px before the end at which older lines are fetched

interface Props {
  entries: Entry[];
  marks: string[];
  wrap: boolean;
  raw: boolean;
  showDay: boolean;
  onFilter(name: string, op: Op, value: string, entry: Entry): void;
  onAway(): void; // the reader left the top or opened something
  onTop(): void; // and came back
  onEnd(): void;
  footer: JSX.Element;
}

function sortedExtras(entries: Entry[], extras: Map<string, number>): Opened[] {
  if (extras.size === 0) return [];
  const out: Opened[] = [];
  entries.forEach((e, index) => {
    const extra = extras.get(e.key);
    if (extra) out.push({ index, extra });
  });
  return out;
}

export function LogList(props: Props): JSX.Element {
  const { entries, wrap, raw } = props;
  const box = useRef<HTMLDivElement>(null);
  const extras = useRef(new Map<string, number>());
  const [view, setView] = useState({ top: 0, height: 600 });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(-1);
  const [, redraw] = useState(0);

  useEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() =>
      setView({ top: element.scrollTop, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    extras.current.clear();
    redraw((n) => n + 1);
  }, [wrap, raw]);

  const measured = useCallback((key: string, height: number) => {
    const extra = Math.max(0, height - rowHeight);
    if ((extras.current.get(key) ?? 0) === extra) return;
    if (extra === 0) extras.current.delete(key);
    else extras.current.set(key, extra);
    redraw((n) => n + 1);
  }, []);

  const toggle = (key: string, index: number) => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
    setActive(index);
    if (next.size > 0) props.onAway();
    else if (view.top < rowHeight) props.onTop();
  };
  const onScroll = () => {
    const element = box.current!;
    setView({ top: element.scrollTop, height: element.clientHeight });
    if (element.scrollTop >= rowHeight) props.onAway();
    else if (open.size === 0) props.onTop();
    if (element.scrollTop + element.clientHeight > element.scrollHeight - nearEnd) props.onEnd();
  };

  const opened = sortedExtras(entries, extras.current);
  const win = windowOf(entries.length, rowHeight, opened, view.top, view.height);

  const move = (by: number) => {
    const next = Math.max(0, Math.min(entries.length - 1, active + by));
    setActive(next);
    const top = topOf(next, rowHeight, opened);
    const element = box.current!;
    if (top < element.scrollTop) element.scrollTop = top;
    if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight;
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || (e.target as Element).closest('.detail')) return;
    const entry = entries[active];
    if (e.key === 'j' || e.key === 'ArrowDown') move(1);
    else if (e.key === 'k' || e.key === 'ArrowUp') move(-1);
    else if (e.key === 'Enter' && entry) toggle(entry.key, active);
    else if (e.key === 'Escape' && entry && open.has(entry.key)) toggle(entry.key, active);
    else return;
    e.preventDefault();
  };

  return (
    <div
      ref={box}
      class={wrap ? 'log-list wrap' : 'log-list'}
      id="lines"
      tabIndex={0}
      role="list"
      aria-label="Log lines, newest first"
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div style={`height:${win.height}px;position:relative`}>
        <div style={`position:absolute;left:0;right:0;top:${win.offset}px`}>
          {entries.slice(win.first, win.last).map((entry, i) => (
            <LogRow
              key={entry.key}
              entry={entry}
              index={win.first + i}
              count={entries.length}
              open={open.has(entry.key)}
              active={win.first + i === active}
              measure={wrap || open.has(entry.key)}
              raw={raw}
              marks={props.marks}
              showDay={props.showDay}
              onToggle={toggle}
              onMeasured={measured}
              onFilter={props.onFilter}
            />
          ))}
        </div>
      </div>
      {props.footer}
    </div>
  );
}
