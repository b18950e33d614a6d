// What may be shown as good: the rule that unknown is never success, held for every state there is.
import { describe, expect, it } from 'vitest';
import type { Rule } from '../src/api/prometheus';
import type { Check, Gate, Verdict } from '../src/api/releases';
import { pageForQuery, sortAlerts, sortGroups, stateOfRule, toneOfRule } from '../src/lib/alerts';
import {
  barShares,
  milestones,
  percent,
  progressOf,
  rollbackWord,
  toneOfDeployment,
  toneOfRollback,
  toneOfVerdict,
  valueText,
  wordOfVerdict,
} from '../src/lib/gates';

const rule = (over: Partial<Rule>): Rule => ({
  name: 'r',
  query: 'x',
  type: 'alerting',
  state: 'inactive',
  health: 'ok',
  ...over,
});

describe('verdicts', () => {
  it('only pass is good', () => {
    const others = [
      'fail',
      'inconclusive',
      'no_data',
      'error',
      null,
      'something new',
    ] as (Verdict | null)[];
    expect(toneOfVerdict('pass')).toBe('good');
    for (const verdict of others) expect(toneOfVerdict(verdict)).not.toBe('good');
  });

  it('are words', () => {
    expect(wordOfVerdict('no_data')).toBe('no data');
    expect(wordOfVerdict(null)).toBe('running');
  });
});

describe('rollbacks', () => {
  it('are never good news, not even when they worked', () => {
    for (const state of ['pending', 'verifying', 'rolled_back', 'rollback_failed', 'skipped']) {
      expect(toneOfRollback({ state })).not.toBe('good');
      expect(rollbackWord({ state })).not.toBeNull();
    }
    expect(toneOfRollback({ state: 'rollback_failed' })).toBe('bad');
  });

  it('are not mentioned when there was none', () => {
    expect(rollbackWord({ state: 'none' })).toBeNull();
    expect(rollbackWord(undefined)).toBeNull();
  });
});

it('a deployment that went through is not good yet', () => {
  for (const status of ['running', 'succeeded', 'failed', 'rolled_back', 'something new']) {
    expect(toneOfDeployment(status)).not.toBe('good');
  }
});

describe('rules', () => {
  it('are good only when they were evaluated and do not fire', () => {
    expect(toneOfRule(rule({}))).toBe('good');
    for (const health of ['err', 'unknown', 'no_data', 'stale'])
      expect(toneOfRule(rule({ health }))).toBe('unsure');
    expect(toneOfRule(rule({ state: 'firing' }))).toBe('bad');
    expect(toneOfRule(rule({ state: 'pending' }))).toBe('warn');
    expect(toneOfRule(rule({ type: 'recording', state: undefined }))).toBe('idle');
  });

  it('say in a word how they are', () => {
    expect(stateOfRule(rule({ health: 'unknown' }))).toBe('not evaluated yet');
    expect(stateOfRule(rule({ health: 'no_data' }))).toBe('no data');
    expect(stateOfRule(rule({ state: 'firing', health: 'err' }))).toBe('firing');
    expect(stateOfRule(rule({}))).toBe('ok');
  });

  it('groups with trouble come first', () => {
    const group = (name: string, rules: Rule[]) => ({ name, file: 'f', interval: 15, rules });
    const sorted = sortGroups([
      group('calm', [rule({})]),
      group('empty', []),
      group('blind', [rule({ health: 'stale' })]),
      group('loud', [rule({}), rule({ state: 'firing' })]),
    ]);
    expect(sorted.map((g) => g.name)).toEqual(['loud', 'blind', 'calm', 'empty']);
  });

  it('firing alerts come before pending ones, the newest first', () => {
    const alert = (state: string, activeAt: string) => ({
      labels: {},
      annotations: {},
      state,
      activeAt,
    });
    const sorted = sortAlerts([alert('pending', '3'), alert('firing', '1'), alert('firing', '2')]);
    expect(sorted.map((a) => a.activeAt)).toEqual(['2', '1', '3']);
  });

  it('open on the page that can show them', () => {
    expect(pageForQuery('rate({a="b"}[1m]) > 1')).toBe('logs');
    expect(pageForQuery('{a="b"} |= "x"')).toBe('logs');
    expect(pageForQuery('rate(up{a="b"}[1m])')).toBe('graph');
  });
});

describe('checks', () => {
  const check = (over: Partial<Check>): Check => ({
    name: 'c',
    type: 'error_rate',
    verdict: 'pass',
    reason: '',
    value: 0.05,
    threshold: 0.0125,
    ...over,
  });

  it('show rates as percent and counts as counts', () => {
    expect(valueText(check({}), 0.0508)).toBe('5.1 %');
    expect(valueText(check({}), 0)).toBe('0.0 %');
    expect(valueText(check({}), 0.000123)).toBe('0.012 %');
    expect(valueText(check({ type: 'new_patterns' }), 1)).toBe('1');
    expect(valueText(check({}), null)).toBe('–');
    expect(percent(0.123)).toBe('12.3 %');
  });

  it('compare with their threshold only when there is one', () => {
    expect(barShares(check({}))).toEqual({ value: 1, threshold: 0.25 });
    expect(barShares(check({ threshold: 0 }))).toBeNull();
    expect(barShares(check({ value: null }))).toBeNull();
  });
});

it('a gate tells its story in order', () => {
  const gate = {
    verdict: 'fail',
    started_at: 't1',
    decided_at: 't2',
    window_seconds: 600,
    rollback: {
      state: 'rolled_back',
      hook: 'undo',
      requested_at: 't2',
      hook_done_at: 't3',
      finished_at: 't4',
    },
  } as unknown as Gate;
  expect(milestones(gate).map((m) => m.what)).toEqual([
    'gate started',
    'verdict: fail',
    'rollback requested',
    'hook undo done',
    'rolled back',
  ]);
});

it('progress stays between nothing and all', () => {
  const gate = { started_at: '2026-01-02T12:00:00Z', window_seconds: 600 } as Gate;
  const start = Date.parse(gate.started_at);
  expect(progressOf(gate, start - 5000)).toBe(0);
  expect(progressOf(gate, start + 300_000)).toBe(0.5);
  expect(progressOf(gate, start + 9e6)).toBe(1);
});
