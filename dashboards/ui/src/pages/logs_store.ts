// The state of the Logs page and what can be done to it. Components only read signals and call
// these functions.
import { batch, computed, signal } from '@preact/signals';
import { isAbort, messageOf } from '../api/client';
import { labelNames, labelValues, queryLogs, tailLogs } from '../api/loki';
import { unseen, type Entry } from '../lib/entries';
import { niceStep, type Buckets, type Series } from '../lib/histogram';
import type { Level } from '../lib/levels';
import { isLogQuery, searchedTexts } from '../lib/logql';
import { setSearch } from '../lib/route';
import { absolute, isRelative, msToNs, resolveRange, type Range, type Span } from '../lib/time';
import { decodeState, defaultRange, encodeState, type QueryState } from '../lib/url_state';
import { loadVolume } from './volume';

export const pageSize = 500;
const liveLimit = 5000; // lines kept while following; the oldest go first
const liveVolumeMs = 10_000; // how often the histogram follows the live lines

export const query = signal('');
export const range = signal<Range>(defaultRange);
// Of the last run.
export const span = signal<Span>({ from: Date.now() - 3_600_000, to: Date.now() });
export const entries = signal<Entry[]>([]);
export const series = signal<Series[] | null>(null);
export const seriesStep = signal(60_000);
export const buckets = signal<Buckets | null>(null);
export const volumeError = signal('');
export const hidden = signal<Level[]>([]);
export const error = signal('');
export const warnings = signal<string[]>([]);
export const running = signal(false);
export const loadingOlder = signal(false);
export const reachedEnd = signal(false);
export const tookMs = signal(0);
export const ranQuery = signal(''); // the query that the shown lines answer
export const live = signal(false);
export const liveState = signal<'off' | 'connecting' | 'open' | 'lost'>('off');
export const holding = signal(false); // live, but the reader asked for quiet
export const heldBack = signal<Entry[]>([]);
export const dropped = signal(0);
export const labels = signal<string[]>([]);

export const shown = computed(() =>
  hidden.value.length === 0
    ? entries.value
    : entries.value.filter((e) => !hidden.value.includes(e.level)),
);
export const marks = computed(() => searchedTexts(ranQuery.value));

let abort = new AbortController();
let stopTail: (() => void) | null = null;
let volumeTimer: ReturnType<typeof setInterval> | undefined;

function state(): QueryState {
  return { query: query.value, range: range.value, live: live.value, hidden: hidden.value };
}

export async function openFromUrl(): Promise<void> {
  const s = decodeState(location.search);
  batch(() => {
    query.value = s.query;
    range.value = s.range;
    hidden.value = s.hidden as Level[];
  });
  if (s.query === '') await proposeQuery();
  await run(false);
  if (s.live) startLive();
}

// Somebody new has no query yet: show everything, by the label that best names the sources.
async function proposeQuery(): Promise<void> {
  const window = resolveRange(range.value, Date.now());
  if (typeof window === 'string') return;
  try {
    labels.value = await labelNames(window);
  } catch (e) {
    error.value = messageOf(e);
    return;
  }
  const preferred = ['service_name', 'service', 'app', 'job', 'container', 'host', 'filename'];
  const name =
    preferred.find((n) => labels.value.includes(n)) ??
    labels.value.find((n) => !n.startsWith('__'));
  // Never over what somebody typed while the labels were on their way.
  if (name !== undefined && query.value === '') query.value = `{${name}=~".+"}`;
}

// Runs the query in the box. `push`: Back returns to what was shown before.
export async function run(push = true): Promise<void> {
  const window = resolveRange(range.value, Date.now());
  if (typeof window === 'string') {
    error.value = window;
    return;
  }
  cancel();
  endTail();
  setSearch(encodeState(state()), push);
  void refreshLabels(window);
  if (query.value.trim() === '') return;
  span.value = window;
  ranQuery.value = query.value;
  document.title = `${query.value} · Sluice`;
  const volume = isLogQuery(query.value) ? refreshVolume(abort.signal) : clearVolume();
  await loadLines(abort.signal);
  await volume;
  if (live.value) beginTail();
}

export function cancel(): void {
  abort.abort();
  abort = new AbortController();
  running.value = false;
}

async function loadLines(signal: AbortSignal): Promise<void> {
  const started = performance.now();
  running.value = true;
  const step = niceStep(span.value, 250);
  try {
    const answer = await queryLogs(
      ranQuery.value,
      msToNs(span.value.from),
      msToNs(span.value.to),
      pageSize,
      step,
      signal,
    );
    batch(() => {
      entries.value = answer.entries;
      series.value = answer.series;
      seriesStep.value = step;
      warnings.value = answer.warnings;
      error.value = '';
      tookMs.value = performance.now() - started;
      reachedEnd.value = answer.entries.length < pageSize;
      heldBack.value = [];
      dropped.value = 0;
    });
  } catch (e) {
    if (isAbort(e)) return;
    error.value = messageOf(e);
  }
  running.value = false;
}

function clearVolume(): Promise<void> {
  buckets.value = null;
  return Promise.resolve();
}

async function refreshVolume(signal: AbortSignal): Promise<void> {
  const show = (found: Buckets) => {
    buckets.value = found;
    volumeError.value = '';
  };
  try {
    await loadVolume(ranQuery.value, span.value, signal, show);
  } catch (e) {
    if (!isAbort(e)) volumeError.value = messageOf(e);
  }
}

// The page before the oldest line. It overlaps by that line's nanosecond: a burst may share it.
export async function loadOlder(): Promise<void> {
  const oldest = entries.value[entries.value.length - 1];
  if (!oldest || loadingOlder.value || reachedEnd.value) return;
  loadingOlder.value = true;
  try {
    const have = entries.value;
    const page = await olderThan(oldest, have);
    entries.value = [...entries.value, ...page.fresh];
    reachedEnd.value = page.last;
  } catch (e) {
    if (!isAbort(e)) error.value = messageOf(e);
  }
  loadingOlder.value = false;
}

async function olderThan(oldest: Entry, have: Entry[]): Promise<{ fresh: Entry[]; last: boolean }> {
  const from = msToNs(span.value.from);
  const including = String(BigInt(oldest.ns) + 1n);
  const sharing = have.filter((e) => e.ns === oldest.ns).length;
  const answer = await queryLogs(
    ranQuery.value,
    from,
    including,
    pageSize + sharing,
    1000,
    abort.signal,
  );
  return { fresh: unseen(have, answer.entries), last: answer.entries.length < pageSize + sharing };
}

export function setRange(next: Range): void {
  range.value = next;
  void run();
}

export function zoomTo(next: Span): void {
  stopLive();
  setRange(absolute({ from: Math.round(next.from), to: Math.round(next.to) }));
}

export function toggleLevel(level: Level): void {
  hidden.value = hidden.value.includes(level)
    ? hidden.value.filter((l) => l !== level)
    : [...hidden.value, level];
  setSearch(encodeState(state()), false);
}

// A link that shows the same lines tomorrow.
export function permalink(): string {
  const frozen = { ...state(), range: absolute(span.value), live: false };
  return new URL(`./logs${encodeState(frozen)}`, location.href).href;
}

export function toggleLive(): void {
  if (live.value) stopLive();
  else startLive();
}

export function startLive(): void {
  if (!isLogQuery(query.value)) {
    error.value =
      'Only a query for lines can be followed: it begins with a selector like {service="shop"}.';
    return;
  }
  live.value = true;
  if (!isRelative(range.value)) {
    // Following begins now; after a range in the past there would be a gap.
    setRange({ from: 'now-15m', to: 'now' });
    return;
  }
  setSearch(encodeState(state()), false);
  beginTail();
}

export function stopLive(): void {
  live.value = false;
  endTail();
  setSearch(encodeState(state()), false);
}

function endTail(): void {
  stopTail?.();
  stopTail = null;
  clearInterval(volumeTimer);
  liveState.value = 'off';
  release();
}

function beginTail(): void {
  endTail();
  volumeTimer = setInterval(followVolume, liveVolumeMs);
  liveState.value = 'connecting';
  const newest = entries.value[0];
  const start = newest ? String(BigInt(newest.ns) + 1n) : msToNs(Date.now());
  stopTail = tailLogs(ranQuery.value, start, {
    onOpen: () => (liveState.value = 'open'),
    onEntries: receive,
    onClose: (reason) => {
      clearInterval(volumeTimer);
      liveState.value = 'lost';
      warnings.value = [`Live tail stopped: ${reason}. Press Live to start it again.`];
      live.value = false;
    },
  });
}

function followVolume(): void {
  const window = resolveRange(range.value, Date.now());
  if (typeof window === 'string' || document.hidden) return;
  span.value = window;
  void refreshVolume(abort.signal);
}

function receive(more: Entry[], lost: number): void {
  dropped.value += lost;
  if (holding.value) heldBack.value = [...more, ...heldBack.value].slice(0, liveLimit);
  else
    entries.value = [...unseen(entries.value.slice(0, 500), more), ...entries.value].slice(
      0,
      liveLimit,
    );
}

// Nothing moves under the reader's eyes while held; the lines wait and are counted.
export function hold(): void {
  if (live.value) holding.value = true;
}

export function release(): void {
  batch(() => {
    entries.value = [
      ...unseen(entries.value.slice(0, 500), heldBack.value),
      ...entries.value,
    ].slice(0, liveLimit);
    heldBack.value = [];
    holding.value = false;
  });
}

async function refreshLabels(window: Span): Promise<void> {
  try {
    labels.value = (await labelNames(window)).filter((name) => !name.startsWith('__'));
  } catch (e) {
    if (!isAbort(e)) error.value = messageOf(e);
  }
}

export function valuesOf(name: string): Promise<string[]> {
  return labelValues(name, span.value);
}

// The page is closed: nothing goes on in the background.
export function leave(): void {
  cancel();
  endTail();
  live.value = false;
}
