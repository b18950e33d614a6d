// Deployments and gates; docs/format/deployment.md and gate.md describe the documents.
import { getJson } from './client';

export type Verdict = 'pass' | 'fail' | 'inconclusive' | 'no_data' | 'error';

export interface Pattern {
  template: string;
  id: string;
  count: number;
  share: number;
  status: string;
  samples: string[];
}

export interface Check {
  name: string;
  type: string;
  verdict: Verdict | null;
  reason: string;
  value: number | null;
  threshold: number | null;
  samples?: { candidate: number; baseline: number };
  queries?: string[];
  evidence?: Record<string, number | string>;
  patterns?: Pattern[];
}

export interface Rollback {
  state: string;
  hook?: string | null;
  detail?: string;
  output?: string;
  attempts?: number;
  requested_at?: string | null;
  hook_done_at?: string | null;
  finished_at?: string | null;
}

export interface Gate {
  id: string;
  service: string;
  env: string;
  version: string;
  baseline: string;
  policy: string;
  state: 'running' | 'done';
  phase: string;
  verdict: Verdict | null;
  reason: string;
  created_at: string;
  started_at: string;
  evaluated_at: string | null;
  decided_at: string | null;
  finished_at: string | null;
  window_seconds: number;
  interval_seconds: number;
  timeout_seconds: number;
  evaluations: number;
  on_fail: string;
  checks: Check[];
  rollback?: Rollback;
  evidence?: { watermark?: string | null; blind_for_seconds?: number; control?: string };
}

export interface Deployment {
  id: string;
  service: string;
  env: string;
  version: string;
  commit?: string;
  status: string; // running, succeeded, failed, rolled_back
  started_at: string;
  finished_at: string | null;
}

export async function gates(signal?: AbortSignal): Promise<Gate[]> {
  return (await getJson<{ gates?: Gate[] }>('api/v1/gates', { limit: 100 }, signal)).gates ?? [];
}

export async function deployments(signal?: AbortSignal): Promise<Deployment[]> {
  return (
    (await getJson<{ deployments?: Deployment[] }>('api/v1/deployments', { limit: 100 }, signal))
      .deployments ?? []
  );
}
