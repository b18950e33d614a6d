// Prometheus' query, rule and alert API as the daemon serves it.
import type { Series } from '../lib/histogram';
import type { Span } from '../lib/time';
import { getJson } from './client';

interface RangeResponse {
  data: { resultType: string; result: Series[] };
  warnings?: string[];
}

export interface RangeAnswer {
  series: Series[];
  warnings: string[];
}

export async function queryRange(
  query: string,
  span: Span,
  stepMs: number,
  signal: AbortSignal,
): Promise<RangeAnswer> {
  const answer = await getJson<RangeResponse>(
    'api/v1/query_range',
    {
      query,
      start: span.from / 1000,
      end: span.to / 1000,
      step: stepMs / 1000,
    },
    signal,
  );
  return { series: answer.data.result, warnings: answer.warnings ?? [] };
}

export interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: string; // firing, pending
  activeAt?: string;
  value?: string;
}

export interface Rule {
  name: string;
  query: string;
  type: 'alerting' | 'recording';
  state?: string; // firing, pending, inactive
  health: string; // ok, err, unknown, no_data, stale
  lastError?: string;
  lastEvaluation?: string;
  duration?: number; // `for`, seconds
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  alerts?: Alert[];
}

export interface RuleGroup {
  name: string;
  file: string;
  interval: number; // seconds
  rules: Rule[];
}

export async function ruleGroups(signal?: AbortSignal): Promise<RuleGroup[]> {
  const answer = await getJson<{ data: { groups?: RuleGroup[] } }>('api/v1/rules', {}, signal);
  return answer.data.groups ?? [];
}

export async function activeAlerts(signal?: AbortSignal): Promise<Alert[]> {
  const answer = await getJson<{ data: { alerts?: Alert[] } }>('api/v1/alerts', {}, signal);
  return answer.data.alerts ?? [];
}
