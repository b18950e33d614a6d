// One gate: its verdict, why, each check with its evidence, and what became of the rollback.
import type { JSX } from 'preact';
import type { Check, Gate, Pattern } from '../api/releases';
import {
  barShares,
  milestones,
  percent,
  progressOf,
  rollbackWord,
  toneOfRollback,
  toneOfVerdict,
  valueText,
  wordOfVerdict,
} from '../lib/gates';
import { hrefOf } from '../lib/route';
import { absolute, dayAndClock, formatDuration } from '../lib/time';
import { isLogQuery } from '../lib/logql';
import { encodeState } from '../lib/url_state';
import { Badge } from './badge';
import { Icon } from './icon';

export function GateDetail({ gate }: { gate: Gate }): JSX.Element {
  return (
    <article class="gate" aria-label={`Gate ${gate.id}`}>
      <Verdict gate={gate} />
      <Rollback gate={gate} />
      {gate.checks.map((c) => (
        <CheckCard key={c.name} check={c} gate={gate} />
      ))}
      {gate.checks.length === 0 && <p class="card dim">No check has been evaluated yet.</p>}
      <Story gate={gate} />
    </article>
  );
}

function Verdict({ gate }: { gate: Gate }): JSX.Element {
  const running = gate.verdict === null;
  return (
    <header class={`card verdict ${toneOfVerdict(gate.verdict)}`}>
      <div class="verdict-word">{wordOfVerdict(gate.verdict)}</div>
      <div class="grow">
        <h1>
          {gate.service} <code>{gate.version}</code> <span class="dim">against</span>{' '}
          <code>{gate.baseline}</code>
        </h1>
        <p>{gate.reason || (running ? 'Collecting evidence.' : '')}</p>
        <p class="dim">
          {gate.env} · policy {gate.policy} · {gate.evaluations} evaluations each{' '}
          {formatDuration(gate.interval_seconds * 1000)} · <code>{gate.id}</code>
        </p>
        {running && (
          <progress
            value={progressOf(gate, Date.now())}
            max={1}
            aria-label="Part of the window that has passed"
          />
        )}
        {(gate.evidence?.blind_for_seconds ?? 0) > 0 && (
          <p class="hint bad">
            Agents were silent for {gate.evidence!.blind_for_seconds} s of the window.
          </p>
        )}
      </div>
    </header>
  );
}

function Rollback({ gate }: { gate: Gate }): JSX.Element | null {
  const word = rollbackWord(gate.rollback);
  if (!word || !gate.rollback) return null;
  return (
    <section class="card" aria-label="Rollback">
      <header>
        <Badge tone={toneOfRollback(gate.rollback)}>{word}</Badge>
        <span>{gate.rollback.detail}</span>
      </header>
      {gate.rollback.output && <pre class="line">{gate.rollback.output.trimEnd()}</pre>}
    </section>
  );
}

function CheckCard({ check, gate }: { check: Check; gate: Gate }): JSX.Element {
  return (
    <section class="card check" aria-label={`Check ${check.name}`}>
      <header>
        <Badge tone={toneOfVerdict(check.verdict)}>{wordOfVerdict(check.verdict)}</Badge>
        <h2>{check.name.replace(/_/g, ' ')}</h2>
        <span class="grow" />
        {check.samples && (
          <span class="dim">
            {check.samples.candidate.toLocaleString('en')} lines of {gate.version},{' '}
            {check.samples.baseline.toLocaleString('en')} of {gate.baseline}
          </span>
        )}
      </header>
      <p>{check.reason}</p>
      <Bars check={check} />
      <Numbers check={check} />
      {(check.patterns ?? []).map((p) => (
        <PatternCard key={p.id} pattern={p} />
      ))}
      {(check.queries ?? []).map((q) => (
        <QueryLink key={q} query={q} gate={gate} />
      ))}
    </section>
  );
}

function Bars({ check }: { check: Check }): JSX.Element | null {
  const shares = barShares(check);
  if (!shares) return null;
  const bar = (name: string, share: number, value: number | null, tone: string) => (
    <div class="bar-row">
      <span class="dim">{name}</span>
      <span class="bar">
        <i class={tone} style={`width:${Math.max(0.5, share * 100)}%`} />
      </span>
      <b>{valueText(check, value)}</b>
    </div>
  );
  return (
    <div class="bars">
      {bar('measured', shares.value, check.value, toneOfVerdict(check.verdict))}
      {bar('allowed', shares.threshold, check.threshold, 'limit')}
    </div>
  );
}

function Numbers({ check }: { check: Check }): JSX.Element | null {
  const facts = Object.entries(check.evidence ?? {});
  if (facts.length === 0) return null;
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name.replace(/_/g, ' ')}</dt>
          <dd>
            {typeof value === 'number' ? Number(value.toPrecision(4)).toLocaleString('en') : value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

// <int>, <hex> and so on are the parts that vary.
function template(text: string): JSX.Element[] {
  return text
    .split(/(<[a-z0-9_]+>)/)
    .map((part, i) => (i % 2 === 1 ? <i key={i}>{part}</i> : <span key={i}>{part}</span>));
}

function PatternCard({ pattern }: { pattern: Pattern }): JSX.Element {
  return (
    <div class="pattern">
      <div class="pattern-head">
        <Badge tone={pattern.status === 'new' ? 'bad' : 'idle'}>{pattern.status}</Badge>
        <code class="template">{template(pattern.template)}</code>
        <span class="grow" />
        <span class="dim">
          {pattern.count.toLocaleString('en')} lines, {percent(pattern.share)}
        </span>
      </div>
      {pattern.samples.map((line, i) => (
        <pre key={i} class="line">
          {line}
        </pre>
      ))}
    </div>
  );
}

function QueryLink({ query, gate }: { query: string; gate: Gate }): JSX.Element {
  const end = gate.decided_at ?? gate.evaluated_at;
  const range = absolute({
    from: Date.parse(gate.started_at),
    to: end ? Date.parse(end) : Date.now(),
  });
  const page = isLogQuery(query) || (query.includes('{') && query.includes('|')) ? 'logs' : 'graph';
  return (
    <a
      class="query"
      data-page
      href={hrefOf(page, encodeState({ query, range, live: false, hidden: [] }))}
      title="Open this query"
    >
      <Icon name="search" />
      {query}
    </a>
  );
}

function Story({ gate }: { gate: Gate }): JSX.Element {
  return (
    <ol class="story" aria-label="What happened when">
      {milestones(gate).map((m) => (
        <li key={m.what}>
          <time>{dayAndClock(Date.parse(m.at))}</time> {m.what}
        </li>
      ))}
    </ol>
  );
}
