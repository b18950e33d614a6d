// How rules and alerts are ordered and named on the page.
import type { Alert, Rule, RuleGroup } from '../api/prometheus';

export type Tone = 'bad' | 'warn' | 'good' | 'idle' | 'unsure';

const stateOrder = ['firing', 'pending', 'inactive'];

// A rule whose evaluation fails or sees no data is not calm, it is blind: never shown as good.
export function toneOfRule(rule: Rule): Tone {
  if (rule.state === 'firing') return 'bad';
  if (rule.state === 'pending') return 'warn';
  if (rule.health !== 'ok') return 'unsure';
  return rule.type === 'recording' ? 'idle' : 'good';
}

export function stateOfRule(rule: Rule): string {
  if (rule.state === 'firing' || rule.state === 'pending') return rule.state;
  if (rule.health !== 'ok')
    return rule.health === 'unknown' ? 'not evaluated yet' : rule.health.replace('_', ' ');
  return rule.type === 'recording' ? 'recording' : 'ok';
}

export function sortAlerts(alerts: Alert[]): Alert[] {
  const rank = (a: Alert) => stateOrder.indexOf(a.state);
  return [...alerts].sort(
    (a, b) => rank(a) - rank(b) || (b.activeAt ?? '').localeCompare(a.activeAt ?? ''),
  );
}

const toneOrder: Tone[] = ['bad', 'warn', 'unsure', 'good', 'idle'];

// Groups with trouble first; inside a group the file's order stays, it was chosen by a person.
export function sortGroups(groups: RuleGroup[]): RuleGroup[] {
  const worst = (g: RuleGroup) =>
    Math.min(...g.rules.map((r) => toneOrder.indexOf(toneOfRule(r))), toneOrder.length);
  return [...groups].sort((a, b) => worst(a) - worst(b) || a.name.localeCompare(b.name));
}

export function summaryOf(alert: Alert): string {
  return alert.annotations.summary ?? alert.annotations.description ?? '';
}

// Our query language is told apart by a stream selector with a log pipeline or range over one.
export function pageForQuery(query: string): 'logs' | 'graph' {
  return /[({]\s*\{|^\s*\{/.test(query) ? 'logs' : 'graph';
}
