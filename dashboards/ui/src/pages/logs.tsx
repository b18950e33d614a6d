// The Logs page: query, volume, lines.
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { signal } from '@preact/signals';
import { CopyButton } from '../components/copy_button';
import { Histogram } from '../components/histogram';
import { Icon } from '../components/icon';
import { LabelPanel } from '../components/label_panel';
import { LogList } from '../components/log_list';
import { Empty, ErrorNotice, Warning } from '../components/notice';
import { QueryBox } from '../components/query_box';
import { SeriesChart } from '../components/series_chart';
import { TimePicker } from '../components/time_picker';
import type { Entry } from '../lib/entries';
import { errorPosition, isLogQuery, withField, withMatcher, type Op } from '../lib/logql';
import { visits } from '../lib/route';
import { formatDuration, shift, absolute, resolveRange, zoomOut, type Span } from '../lib/time';
import * as store from './logs_store';

const wrap = signal(localStorage.getItem('wrap') === '1');
const raw = signal(localStorage.getItem('raw') === '1');

function keep(name: string, s: typeof wrap): void {
  s.value = !s.value;
  localStorage.setItem(name, s.value ? '1' : '0');
}

function filter(name: string, op: Op, value: string, entry: Entry): void {
  const isStreamLabel = entry.labels[name] !== undefined && store.labels.value.includes(name);
  const parser =
    entry.labels[name] !== undefined || entry.parsed.kind === 'text' ? null : entry.parsed.kind;
  store.query.value = isStreamLabel
    ? withMatcher(store.query.value, name, op, value)
    : withField(store.query.value, name, op, value, parser);
  void store.run();
}

function pickLabel(name: string, value: string): void {
  store.query.value = withMatcher(store.query.value, name, '=', value);
  void store.run();
}

function moveRange(how: (span: Span) => Span): void {
  const span = resolveRange(store.range.value, Date.now());
  if (typeof span !== 'string') store.setRange(absolute(how(span)));
}

const keys: Record<string, () => void> = {
  f: store.toggleLive,
  w: () => keep('wrap', wrap),
  '[': () => moveRange((s) => shift(s, -1)),
  ']': () => moveRange((s) => shift(s, 1)),
  '-': () => moveRange((s) => zoomOut(s, Date.now())),
  j: () => document.getElementById('lines')?.focus(),
};

export function onLogsKey(event: KeyboardEvent): boolean {
  const action = keys[event.key];
  action?.();
  return action !== undefined;
}

export function LogsPage(): JSX.Element {
  // A layout effect: what is typed at once must not be overwritten by the address afterwards.
  useLayoutEffect(() => void store.openFromUrl(), [visits.value]);
  useEffect(() => () => store.leave(), []);
  return (
    <div class="page logs-page">
      <Toolbar />
      <Problems />
      <div class="columns">
        <LabelPanel
          labels={store.labels.value}
          query={store.query.value}
          load={store.valuesOf}
          onPick={pickLabel}
        />
        <div class="main-column">
          <Volume />
          <ResultBar />
          <Result />
        </div>
      </div>
    </div>
  );
}

function Toolbar(): JSX.Element {
  const failed = store.error.value && store.ranQuery.value === store.query.value;
  return (
    <div class="toolbar">
      <QueryBox
        label="LogQL query"
        value={store.query.value}
        placeholder={'{service="shop"} |= "timeout"'}
        errorAt={failed ? errorPosition(store.error.value) : null}
        onInput={(v) => (store.query.value = v)}
        onRun={() => void store.run()}
      />
      <TimePicker range={store.range.value} onChange={store.setRange} />
      {store.running.value ? (
        <button class="btn primary" onClick={store.cancel}>
          <Icon name="stop" />
          <span>Cancel</span>
        </button>
      ) : (
        <button class="btn primary" title="Run  Enter" onClick={() => void store.run()}>
          <Icon name="search" />
          <span>Run</span>
        </button>
      )}
      <button
        class={store.live.value ? 'btn live on' : 'btn live'}
        aria-pressed={store.live.value}
        title="Follow new lines  f"
        onClick={store.toggleLive}
      >
        <Icon name={store.live.value ? 'stop' : 'play'} />
        <span>Live</span>
      </button>
    </div>
  );
}

function Problems(): JSX.Element {
  return (
    <>
      {store.error.value && (
        <ErrorNotice
          title="The query did not run"
          message={store.error.value}
          query={store.query.value}
        />
      )}
      {store.warnings.value.map((w) => (
        <Warning key={w}>{w}</Warning>
      ))}
    </>
  );
}

function Volume(): JSX.Element | null {
  if (store.volumeError.value && !store.error.value)
    return <Warning>The histogram could not be drawn: {store.volumeError.value}</Warning>;
  const buckets = store.buckets.value;
  if (!buckets || buckets.total === 0) return null;
  return (
    <Histogram
      buckets={buckets}
      span={store.span.value}
      hidden={store.hidden.value}
      onZoom={store.zoomTo}
      onToggle={store.toggleLevel}
    />
  );
}

function countText(): string {
  const total = store.buckets.value?.total ?? 0;
  const loaded = store.entries.value.length;
  if (store.series.value)
    return `${store.series.value.length} series · ${formatDuration(store.tookMs.value)}`;
  const of = total > loaded && !store.live.value ? ` of ${total.toLocaleString('en')}` : '';
  return `${loaded.toLocaleString('en')}${of} lines · ${formatDuration(store.tookMs.value)}`;
}

function ResultBar(): JSX.Element {
  const lines = store.series.value === null;
  return (
    <div class="result-bar">
      <span class="dim" role="status" aria-live="polite">
        {store.running.value ? 'searching…' : countText()}
      </span>
      <LiveStatus />
      <span class="grow" />
      {lines && (
        <button class="btn quiet" aria-pressed={raw.value} onClick={() => keep('raw', raw)}>
          <Icon name="code" />
          <span>Raw</span>
        </button>
      )}
      {lines && (
        <button
          class="btn quiet"
          aria-pressed={wrap.value}
          title="Wrap long lines  w"
          onClick={() => keep('wrap', wrap)}
        >
          <Icon name="wrap" />
          <span>Wrap</span>
        </button>
      )}
      <CopyButton
        text={store.permalink}
        label="Copy a link to exactly these lines"
        icon="link"
        caption="Share"
        quiet
      />
    </div>
  );
}

function LiveStatus(): JSX.Element | null {
  if (store.liveState.value === 'off') return null;
  if (store.liveState.value === 'connecting') return <span class="live-state">connecting…</span>;
  const paused = store.holding.value;
  return (
    <>
      {store.liveState.value === 'open' && (
        <span class={paused ? 'live-state paused' : 'live-state on'}>
          {paused ? 'paused' : 'live'}
        </span>
      )}
      {store.liveState.value === 'open' && (
        <button class="btn quiet" onClick={paused ? resume : store.hold}>
          <Icon name={paused ? 'play' : 'pause'} />
          <span>{paused ? 'Resume' : 'Pause'}</span>
        </button>
      )}
      {store.heldBack.value.length > 0 && (
        <button class="pill" onClick={resume}>
          {store.heldBack.value.length.toLocaleString('en')} new lines
        </button>
      )}
      {store.dropped.value > 0 && (
        <span class="hint bad">
          {store.dropped.value} lines skipped: more came than could be sent
        </span>
      )}
    </>
  );
}

function resume(): void {
  store.release();
  const list = document.getElementById('lines');
  if (list) list.scrollTop = 0;
}

function Result(): JSX.Element {
  if (store.series.value) {
    return (
      <SeriesChart
        series={store.series.value}
        span={store.span.value}
        stepMs={store.seriesStep.value}
        onZoom={store.zoomTo}
      />
    );
  }
  const entries = store.shown.value;
  if (entries.length === 0 && !store.running.value) return <NoLines />;
  return (
    <LogList
      entries={entries}
      marks={store.marks.value}
      wrap={wrap.value}
      raw={raw.value}
      showDay={store.span.value.to - store.span.value.from > 86_400_000}
      onFilter={filter}
      onAway={store.hold}
      onTop={store.release}
      onEnd={() => void store.loadOlder()}
      footer={<Footer />}
    />
  );
}

function NoLines(): JSX.Element {
  if (store.error.value) return <Empty title="Nothing to show" />;
  if (store.live.value)
    return <Empty title="Waiting for lines">They appear here as they come in.</Empty>;
  if (store.labels.value.length === 0) {
    return (
      <Empty title="No logs yet">
        <p>Point an agent at some files:</p>
        <code>sluice-agent --server {location.origin} --files '/var/log/**/*.log'</code>
      </Empty>
    );
  }
  return (
    <Empty title="No lines match">
      {isLogQuery(store.query.value)
        ? 'Try a longer range, or fewer filters.'
        : 'The query gave no series in this range.'}
    </Empty>
  );
}

function Footer(): JSX.Element {
  if (store.reachedEnd.value)
    return <p class="list-end dim">That is the first line of this range.</p>;
  return (
    <p class="list-end">
      <button
        class="btn"
        disabled={store.loadingOlder.value}
        onClick={() => void store.loadOlder()}
      >
        {store.loadingOlder.value ? 'Loading…' : 'Load older'}
      </button>
    </p>
  );
}
