// The Metrics page: a PromQL query as a graph.
import { batch, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { isAbort, messageOf } from '../api/client';
import { queryRange } from '../api/prometheus';
import { Icon } from '../components/icon';
import { Empty, ErrorNotice, Warning } from '../components/notice';
import { QueryBox } from '../components/query_box';
import { SeriesChart } from '../components/series_chart';
import { TimePicker } from '../components/time_picker';
import { niceStep, type Series } from '../lib/histogram';
import { errorPosition } from '../lib/logql';
import { setSearch, visits } from '../lib/route';
import { absolute, formatDuration, resolveRange, type Range, type Span } from '../lib/time';
import { decodeState, defaultRange, encodeState } from '../lib/url_state';

const examples = [
  ['CPU busy', '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'],
  ['Memory available', 'node_memory_MemAvailable_bytes'],
  ['Load', 'node_load1'],
  ['Disk free', 'node_filesystem_avail_bytes'],
  ['Network in', 'rate(node_network_receive_bytes_total[5m])'],
  ['Errors in logs', 'sum by (service) (count_over_time({service=~".+"} |= "error" [1m]))'],
] as const;

const query = signal('');
const range = signal<Range>(defaultRange);
const span = signal<Span>({ from: 0, to: 1 });
const stepMs = signal(15_000);
const series = signal<Series[] | null>(null);
const error = signal('');
const warnings = signal<string[]>([]);
const running = signal(false);
const tookMs = signal(0);
let abort = new AbortController();

async function run(push = true): Promise<void> {
  abort.abort();
  abort = new AbortController();
  const window = resolveRange(range.value, Date.now());
  if (typeof window === 'string') {
    error.value = window;
    return;
  }
  setSearch(encodeState({ query: query.value, range: range.value, live: false, hidden: [] }), push);
  if (query.value.trim() === '') return;
  document.title = `${query.value} · Sluice`;
  running.value = true;
  await load(window, abort.signal);
  running.value = false;
}

async function load(window: Span, signal: AbortSignal): Promise<void> {
  const step = niceStep(window, 250);
  const started = performance.now();
  try {
    const answer = await queryRange(query.value, window, step, signal);
    batch(() => {
      span.value = window;
      stepMs.value = step;
      series.value = answer.series;
      warnings.value = answer.warnings;
      error.value = '';
      tookMs.value = performance.now() - started;
    });
  } catch (e) {
    if (!isAbort(e)) error.value = messageOf(e);
  }
}

function setRange(next: Range): void {
  range.value = next;
  void run();
}

function open(): void {
  const s = decodeState(location.search);
  query.value = s.query;
  range.value = s.range;
  if (s.query === '') series.value = null;
  void run(false);
}

export function GraphPage(): JSX.Element {
  // A layout effect: what is typed at once must not be overwritten by the address afterwards.
  useLayoutEffect(open, [visits.value]);
  return (
    <div class="page">
      <div class="toolbar">
        <QueryBox
          label="PromQL query"
          value={query.value}
          placeholder="rate(node_cpu_seconds_total[5m])"
          errorAt={error.value ? errorPosition(error.value) : null}
          onInput={(v) => (query.value = v)}
          onRun={() => void run()}
        />
        <TimePicker range={range.value} onChange={setRange} />
        <button class="btn primary" title="Run  Enter" onClick={() => void run()}>
          <Icon name="search" />
          <span>Run</span>
        </button>
      </div>
      {error.value && (
        <ErrorNotice title="The query did not run" message={error.value} query={query.value} />
      )}
      {warnings.value.map((w) => (
        <Warning key={w}>{w}</Warning>
      ))}
      <div class="scroll">
        <Graph />
      </div>
    </div>
  );
}

function Graph(): JSX.Element {
  if (!series.value) return <Examples />;
  if (series.value.length === 0)
    return <Empty title="No series match">Check the metric's name, or try a longer range.</Empty>;
  return (
    <div class="card">
      <div class="result-bar">
        <span class="dim" role="status">
          {running.value
            ? 'asking…'
            : [
                `${series.value.length} series`,
                `one point each ${formatDuration(stepMs.value)}`,
                formatDuration(tookMs.value),
              ].join(' · ')}
        </span>
      </div>
      <SeriesChart
        series={series.value}
        span={span.value}
        stepMs={stepMs.value}
        height={360}
        onZoom={(s) => setRange(absolute({ from: Math.round(s.from), to: Math.round(s.to) }))}
      />
    </div>
  );
}

function Examples(): JSX.Element {
  return (
    <Empty title="Ask for a metric">
      <p>PromQL, or LogQL that counts lines. To begin with:</p>
      <div class="examples">
        {examples.map(([name, text]) => (
          <button
            key={name}
            class="chip"
            title={text}
            onClick={() => {
              query.value = text;
              void run();
            }}
          >
            {name}
          </button>
        ))}
      </div>
    </Empty>
  );
}
