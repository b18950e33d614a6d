// What a gate's document says, in words and tones. Only `pass` is ever good.
import type { Check, Gate, Rollback, Verdict } from '../api/releases';
import type { Tone } from './alerts';

const tones: Record<Verdict, Tone> = {
  pass: 'good',
  fail: 'bad',
  inconclusive: 'unsure',
  no_data: 'unsure',
  error: 'unsure',
};

export function toneOfVerdict(verdict: Verdict | null): Tone {
  return verdict === null ? 'idle' : (tones[verdict] ?? 'unsure');
}

export function wordOfVerdict(verdict: Verdict | null): string {
  return verdict === null ? 'running' : verdict.replace('_', ' ');
}

const rollbackWords: Record<string, string> = {
  pending: 'rolling back',
  verifying: 'verifying the rollback',
  rolled_back: 'rolled back',
  rollback_failed: 'rollback failed',
  skipped: 'rollback skipped',
};

// null when there is nothing to say about a rollback.
export function rollbackWord(rollback: Rollback | undefined): string | null {
  return rollback ? (rollbackWords[rollback.state] ?? null) : null;
}

export function toneOfRollback(rollback: Rollback): Tone {
  if (rollback.state === 'rolled_back') return 'idle';
  return rollback.state === 'rollback_failed' || rollback.state === 'skipped' ? 'bad' : 'warn';
}

// That a deployment went through says nothing about how it does: only a gate may say good.
export function toneOfDeployment(status: string): Tone {
  if (status === 'failed') return 'bad';
  return status === 'rolled_back' ? 'warn' : 'idle';
}

export function percent(x: number): string {
  const p = x * 100;
  return `${p >= 10 || p === 0 ? p.toFixed(1) : Number(p.toPrecision(2))} %`;
}

const number = (x: number) =>
  Number.isInteger(x) ? String(x) : Number(x.toPrecision(3)).toString();

// Rates are shares; everything else is shown as it is.
export function valueText(check: Check, value: number | null): string {
  if (value === null || value === undefined) return '–';
  return check.type.endsWith('rate') || check.type.endsWith('ratio')
    ? percent(value)
    : number(value);
}

// How full a bar is: both values against the larger of them.
export function barShares(check: Check): { value: number; threshold: number } | null {
  if (check.value === null || check.threshold === null || check.threshold <= 0) return null;
  const most = Math.max(check.value, check.threshold);
  return { value: check.value / most, threshold: check.threshold / most };
}

// 0..1 of the window, for a gate that still runs.
export function progressOf(gate: Gate, now: number): number {
  const started = Date.parse(gate.started_at);
  return Math.max(0, Math.min(1, (now - started) / (gate.window_seconds * 1000)));
}

export interface Milestone {
  at: string;
  what: string;
}

// The story of a gate in order of time.
export function milestones(gate: Gate): Milestone[] {
  const all: [string | null | undefined, string][] = [
    [gate.started_at, 'gate started'],
    [gate.decided_at, `verdict: ${wordOfVerdict(gate.verdict)}`],
    [gate.rollback?.requested_at, 'rollback requested'],
    [gate.rollback?.hook_done_at, `hook ${gate.rollback?.hook ?? ''} done`],
    [gate.rollback?.finished_at, rollbackWord(gate.rollback) ?? 'settled'],
  ];
  return all.flatMap(([at, what]) => (at ? [{ at, what }] : []));
}
