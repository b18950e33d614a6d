// The Alerts page: what fires, what is about to, and every rule with its health.
import type { JSX } from 'preact';
import { activeAlerts, ruleGroups, type Alert, type Rule, type RuleGroup } from '../api/prometheus';
import { Badge, Labels } from '../components/badge';
import { Empty, ErrorNotice } from '../components/notice';
import {
  pageForQuery,
  sortAlerts,
  sortGroups,
  stateOfRule,
  summaryOf,
  toneOfRule,
} from '../lib/alerts';
import { usePolled } from '../lib/poll';
import { hrefOf } from '../lib/route';
import { ago, dayAndClock, formatDuration } from '../lib/time';
import { defaultRange, encodeState } from '../lib/url_state';

async function load(signal: AbortSignal): Promise<{ alerts: Alert[]; groups: RuleGroup[] }> {
  const [alerts, groups] = await Promise.all([activeAlerts(signal), ruleGroups(signal)]);
  return { alerts: sortAlerts(alerts), groups: sortGroups(groups) };
}

export function AlertsPage(): JSX.Element {
  const { data, error, at } = usePolled(load, 5000).value;
  const firing = data?.alerts.filter((a) => a.state === 'firing').length ?? 0;
  document.title = firing > 0 ? `(${firing}) Alerts · Sluice` : 'Alerts · Sluice';
  return (
    <div class="page scroll">
      {error && (
        <ErrorNotice
          title={
            data
              ? `Not up to date: last answer ${ago(at, Date.now())}`
              : 'Alerts could not be loaded'
          }
          message={error}
        />
      )}
      {data && (
        <>
          <section aria-labelledby="active">
            <h1 id="active">
              Active <span class="dim">{data.alerts.length}</span>
            </h1>
            {data.alerts.length === 0 ? (
              <p class="card calm">{calmText(data.groups)}</p>
            ) : (
              data.alerts.map((a, i) => <AlertCard key={i} alert={a} />)
            )}
          </section>
          <section aria-labelledby="rules">
            <h1 id="rules">
              Rules <span class="dim">{data.groups.reduce((n, g) => n + g.rules.length, 0)}</span>
            </h1>
            {data.groups.length === 0 && (
              <Empty title="No rules yet">
                Start the daemon with <code>--rules FILE</code>; Prometheus rule files work as they
                are.
              </Empty>
            )}
            {data.groups.map((g) => (
              <Group key={`${g.file}/${g.name}`} group={g} />
            ))}
          </section>
        </>
      )}
    </div>
  );
}

// Silence is only good news when the rules could see.
function calmText(groups: RuleGroup[]): string {
  const rules = groups.flatMap((g) => g.rules);
  const blind = rules.filter((r) => toneOfRule(r) === 'unsure').length;
  if (blind > 0)
    return `Nothing fires, but ${blind} of ${rules.length} rules could not be evaluated.`;
  return rules.length === 0 ? 'Nothing fires: there are no rules.' : 'Nothing fires or is pending.';
}

function AlertCard({ alert }: { alert: Alert }): JSX.Element {
  const since = alert.activeAt ? Date.parse(alert.activeAt) : 0;
  return (
    <article class={`card alert ${alert.state === 'firing' ? 'bad' : 'warn'}`}>
      <header>
        <Badge tone={alert.state === 'firing' ? 'bad' : 'warn'}>{alert.state}</Badge>
        <h2>{alert.labels.alertname}</h2>
        <span class="grow" />
        {since > 0 && (
          <time class="dim" title={dayAndClock(since)}>
            began {ago(since, Date.now())}
          </time>
        )}
      </header>
      {summaryOf(alert) && <p>{summaryOf(alert)}</p>}
      <footer>
        <Labels labels={alert.labels} without={['alertname']} />
        <span class="grow" />
        {alert.value !== undefined && <span class="dim">value {alert.value}</span>}
        {alert.annotations.runbook_url && (
          <a href={alert.annotations.runbook_url} rel="noreferrer">
            Runbook
          </a>
        )}
      </footer>
    </article>
  );
}

function Group({ group }: { group: RuleGroup }): JSX.Element {
  return (
    <section class="card rules">
      <header>
        <h2>{group.name}</h2>
        <span class="dim">
          every {formatDuration(group.interval * 1000)} · {group.file}
        </span>
      </header>
      <table>
        <thead class="sr">
          <tr>
            <th>State</th>
            <th>Rule</th>
            <th>Evaluated</th>
          </tr>
        </thead>
        <tbody>
          {group.rules.map((r, i) => (
            <RuleRow key={i} rule={r} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RuleRow({ rule }: { rule: Rule }): JSX.Element {
  const link = hrefOf(
    pageForQuery(rule.query),
    encodeState({ query: rule.query, range: defaultRange, live: false, hidden: [] }),
  );
  const at = rule.lastEvaluation ? Date.parse(rule.lastEvaluation) : 0;
  return (
    <tr>
      <td>
        <Badge tone={toneOfRule(rule)}>{stateOfRule(rule)}</Badge>
      </td>
      <td>
        <strong>{rule.name}</strong>
        {rule.duration ? (
          <span class="dim"> for {formatDuration(rule.duration * 1000)}</span>
        ) : null}
        <a class="query" data-page href={link} title="Open this query">
          {rule.query}
        </a>
        {rule.lastError && <p class="hint bad">{rule.lastError}</p>}
      </td>
      <td class="dim num">{at > 0 ? ago(at, Date.now()) : 'never'}</td>
    </tr>
  );
}
