// Loki's query API as the daemon serves it.
import { toEntries, type Entry, type Stream } from '../lib/entries';
import { evaluationTimes, type Series } from '../lib/histogram';
import { msToNs, type Span } from '../lib/time';
import { getJson, socketAddress } from './client';

interface QueryResponse {
  data: { resultType: 'streams' | 'matrix' | 'vector' | 'scalar'; result: unknown[] };
  warnings?: string[];
}

export interface LogsAnswer {
  entries: Entry[];
  series: Series[] | null; // set instead of lines when the query computes numbers
  warnings: string[];
}

// Newest lines of [fromNs, toNs), at most `limit`.
export async function queryLogs(
  query: string,
  fromNs: string,
  toNs: string,
  limit: number,
  stepMs: number,
  signal: AbortSignal,
): Promise<LogsAnswer> {
  const answer = await getJson<QueryResponse>(
    'loki/api/v1/query_range',
    {
      query,
      start: fromNs,
      end: toNs,
      limit,
      direction: 'backward',
      step: stepMs / 1000,
    },
    signal,
  );
  const warnings = answer.warnings ?? [];
  if (answer.data.resultType === 'streams') {
    return { entries: toEntries(answer.data.result as Stream[]), series: null, warnings };
  }
  return { entries: [], series: answer.data.result as Series[], warnings };
}

export async function querySeries(
  query: string,
  span: Span,
  stepMs: number,
  signal: AbortSignal,
): Promise<Series[]> {
  const times = evaluationTimes(span, stepMs);
  const answer = await getJson<QueryResponse>(
    'loki/api/v1/query_range',
    {
      query,
      start: msToNs(times.from),
      end: msToNs(times.to),
      step: stepMs / 1000,
    },
    signal,
  );
  return answer.data.resultType === 'matrix' ? (answer.data.result as Series[]) : [];
}

export async function labelNames(span: Span, signal?: AbortSignal): Promise<string[]> {
  const answer = await getJson<{ data?: string[] }>(
    'loki/api/v1/labels',
    { start: msToNs(span.from), end: msToNs(span.to) },
    signal,
  );
  return answer.data ?? [];
}

export async function labelValues(
  name: string,
  span: Span,
  signal?: AbortSignal,
): Promise<string[]> {
  const path = `loki/api/v1/label/${encodeURIComponent(name)}/values`;
  const answer = await getJson<{ data?: string[] }>(
    path,
    { start: msToNs(span.from), end: msToNs(span.to) },
    signal,
  );
  return answer.data ?? [];
}

export interface TailHandlers {
  onEntries(entries: Entry[], dropped: number): void;
  onOpen(): void;
  onClose(reason: string): void;
}

interface TailMessage {
  streams?: Stream[];
  dropped_entries?: unknown[] | null;
}

// Follows the query from `startNs` on; the returned function ends it (onClose is not called then).
export function tailLogs(query: string, startNs: string, handlers: TailHandlers): () => void {
  const socket = new WebSocket(
    socketAddress('loki/api/v1/tail', { query, start: startNs, limit: 100 }),
  );
  socket.onopen = () => handlers.onOpen();
  socket.onmessage = (event: MessageEvent<string>) => {
    const message = JSON.parse(event.data) as TailMessage;
    handlers.onEntries(toEntries(message.streams ?? []), message.dropped_entries?.length ?? 0);
  };
  socket.onclose = (event) => handlers.onClose(event.reason || 'the connection ended');
  return () => {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  };
}
