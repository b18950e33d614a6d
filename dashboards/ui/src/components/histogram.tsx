// Lines over time by level: stacked bars, most severe at the bottom. Drag to zoom.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { stack, type Buckets } from '../lib/histogram';
import type { Level } from '../lib/levels';
import { dayAndClock, formatDuration, type Span } from '../lib/time';
import { axes, colour, keepFitting, shortNumber, zoomHook } from './plot';

const height = 118;

interface Props {
  buckets: Buckets;
  span: Span;
  hidden: Level[];
  onZoom(span: Span): void;
  onToggle(level: Level): void;
}

function visible(buckets: Buckets, hidden: Level[]): Buckets {
  return { ...buckets, counts: buckets.counts.filter((c) => !hidden.includes(c.level)) };
}

// The tallest bar is drawn first and the lower ones over it.
function drawData(shown: Buckets): uPlot.AlignedData {
  return [shown.starts.map((ms) => ms / 1000), ...stack(shown).reverse()];
}

function options(
  shown: Buckets,
  span: Span,
  width: number,
  onZoom: Props['onZoom'],
  onCursor: (i: number | null) => void,
): uPlot.Options {
  const bars = uPlot.paths.bars!({ size: [0.82, 60], align: 1, gap: 0 });
  const levels = shown.counts.map((c) => c.level).reverse();
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { range: () => [span.from / 1000, span.to / 1000] },
      y: { range: (_u, _min, max) => [0, Math.max(1, max * 1.05)] },
    },
    axes: axes(44),
    series: [
      {},
      ...levels.map((level) => ({
        fill: colour(`level-${level}`),
        width: 0,
        paths: bars,
        points: { show: false },
      })),
    ],
    hooks: { setSelect: [zoomHook(onZoom)], setCursor: [(u) => onCursor(u.cursor.idx ?? null)] },
  };
}

export function Histogram({ buckets, span, hidden, onZoom, onToggle }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const [scheme, setScheme] = useState(0);
  const shown = visible(buckets, hidden);

  useEffect(() => {
    const element = box.current!;
    const plot = new uPlot(
      options(shown, span, Math.max(element.clientWidth, 50), onZoom, setAt),
      drawData(shown),
      element,
    );
    return keepFitting(plot, element, height, () => setScheme((n) => n + 1));
  }, [buckets, hidden, scheme]);

  return (
    <section class="histogram" aria-label="Lines over time by level">
      <div ref={box} class="plot" role="img" aria-label={describe(buckets)} />
      <div class="legend" role="group" aria-label="Levels">
        {buckets.counts.map((c) => (
          <button
            key={c.level}
            class="key"
            aria-pressed={!hidden.includes(c.level)}
            title="Show or hide this level"
            onClick={() => onToggle(c.level)}
          >
            <i style={`background:var(--level-${c.level})`} />
            {c.level}
            <b>
              {shortNumber(at === null ? c.values.reduce((a, b) => a + b, 0) : (c.values[at] ?? 0))}
            </b>
          </button>
        ))}
        <span class="dim grow">{hoverText(buckets, at)}</span>
      </div>
    </section>
  );
}

function hoverText(buckets: Buckets, at: number | null): string {
  const start = at === null ? undefined : buckets.starts[at];
  if (start === undefined) return `${formatDuration(buckets.step)} per bar · drag to zoom`;
  return `${dayAndClock(start)} + ${formatDuration(buckets.step)}`;
}

function describe(buckets: Buckets): string {
  const parts = buckets.counts.map((c) => `${c.values.reduce((a, b) => a + b, 0)} ${c.level}`);
  return `${buckets.total} lines: ${parts.join(', ')}`;
}
