// Series over time as lines, with a legend that tells the last value of each.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Series } from '../lib/histogram';
import { alignSeries, nameOfSeries } from '../lib/series';
import { dayAndClock, type Span } from '../lib/time';
import { axes, colour, keepFitting, shortNumber, zoomHook } from './plot';

// Past this a chart of lines says nothing; the page tells how many are left out.
const maxDrawn = 60;
const palette = 10;

interface Props {
  series: Series[];
  span: Span;
  stepMs: number;
  height?: number;
  onZoom(span: Span): void;
}

export function SeriesChart({ series, span, stepMs, height = 320, onZoom }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const [only, setOnly] = useState<number | null>(null);
  const [scheme, setScheme] = useState(0);
  const drawn = series.slice(0, maxDrawn);
  const data = alignSeries(drawn, stepMs);

  useEffect(() => {
    const element = box.current!;
    const plot = new uPlot(
      {
        width: Math.max(element.clientWidth, 50),
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
        scales: { x: { range: () => [span.from / 1000, span.to / 1000] } },
        axes: axes(56),
        series: [
          {},
          ...drawn.map((_s, i) => ({
            stroke: colour(`series-${i % palette}`),
            width: 1.5,
            show: only === null || only === i,
            points: { show: false },
          })),
        ],
        hooks: { setSelect: [zoomHook(onZoom)], setCursor: [(u) => setAt(u.cursor.idx ?? null)] },
      },
      data as uPlot.AlignedData,
      element,
    );
    return keepFitting(plot, element, height, () => setScheme((n) => n + 1));
  }, [series, only, scheme, height]);

  const times = data[0]!;
  const row = at ?? times.length - 1;
  return (
    <section class="chart" aria-label="Chart">
      <div ref={box} class="plot" role="img" aria-label={`${series.length} series over time`} />
      <div class="dim chart-at">
        {times[row] === undefined ? '' : dayAndClock(times[row]! * 1000)}
      </div>
      <ul class="series-legend">
        {drawn.map((s, i) => (
          <li key={i}>
            <button
              class="key"
              aria-pressed={only === null || only === i}
              title="Show only this series"
              onClick={() => setOnly(only === i ? null : i)}
            >
              <i style={`background:var(--series-${i % palette})`} />
              <code>{nameOfSeries(s.metric)}</code>
              <b>{data[i + 1]![row] == null ? '–' : shortNumber(data[i + 1]![row]!)}</b>
            </button>
          </li>
        ))}
      </ul>
      {series.length > drawn.length && (
        <p class="dim">
          {series.length - drawn.length} more series are not drawn. Aggregate with sum by (…) or
          topk.
        </p>
      )}
    </section>
  );
}
