// The Releases page: gates with their verdicts on the left, the evidence of one on the right.
import type { JSX } from 'preact';
import { deployments, gates, type Deployment, type Gate } from '../api/releases';
import { Badge } from '../components/badge';
import { GateDetail } from '../components/gate_detail';
import { Empty, ErrorNotice } from '../components/notice';
import {
  rollbackWord,
  toneOfDeployment,
  toneOfRollback,
  toneOfVerdict,
  wordOfVerdict,
} from '../lib/gates';
import { usePolled } from '../lib/poll';
import { hrefOf, visits } from '../lib/route';
import { ago, dayAndClock } from '../lib/time';

async function load(signal: AbortSignal): Promise<{ gates: Gate[]; deployments: Deployment[] }> {
  const [g, d] = await Promise.all([gates(signal), deployments(signal)]);
  return { gates: g, deployments: d };
}

export function ReleasesPage(): JSX.Element {
  const { data, error, at } = usePolled(load, 3000).value;
  visits.value;
  document.title = 'Releases · Sluice';
  if (!data)
    return (
      <div class="page scroll">
        {error && <ErrorNotice title="Releases could not be loaded" message={error} />}
      </div>
    );
  const wanted = new URLSearchParams(location.search).get('gate');
  const chosen = data.gates.find((g) => g.id === wanted) ?? data.gates[0];
  return (
    <div class="page releases-page">
      {error && (
        <ErrorNotice title={`Not up to date: last answer ${ago(at, Date.now())}`} message={error} />
      )}
      <div class="columns">
        <nav class="release-list" aria-label="Gates and deployments">
          <h1>Gates</h1>
          {data.gates.map((g) => (
            <GateItem key={g.id} gate={g} current={g === chosen} />
          ))}
          {data.gates.length === 0 && <p class="dim">None yet.</p>}
          <h1>Deployments</h1>
          {data.deployments.map((d) => (
            <DeploymentItem key={d.id} deployment={d} />
          ))}
          {data.deployments.length === 0 && <p class="dim">None recorded yet.</p>}
        </nav>
        <div class="main-column scroll">{chosen ? <GateDetail gate={chosen} /> : <NoGates />}</div>
      </div>
    </div>
  );
}

function GateItem({ gate, current }: { gate: Gate; current: boolean }): JSX.Element {
  const back = rollbackWord(gate.rollback);
  return (
    <a
      class="item"
      data-page
      href={hrefOf('releases', `?gate=${encodeURIComponent(gate.id)}`)}
      aria-current={current ? 'true' : undefined}
    >
      <span class="item-head">
        <strong>{gate.service}</strong> <code>{gate.version}</code>
        <span class="grow" />
        <Badge tone={toneOfVerdict(gate.verdict)}>{wordOfVerdict(gate.verdict)}</Badge>
      </span>
      <span class="dim">
        {gate.env} · against {gate.baseline} · {ago(Date.parse(gate.created_at), Date.now())}
      </span>
      {back && gate.rollback && <Badge tone={toneOfRollback(gate.rollback)}>{back}</Badge>}
    </a>
  );
}

function DeploymentItem({ deployment: d }: { deployment: Deployment }): JSX.Element {
  const at = Date.parse(d.started_at);
  return (
    <div class="item">
      <span class="item-head">
        <strong>{d.service}</strong> <code>{d.version}</code>
        <span class="grow" />
        <Badge tone={toneOfDeployment(d.status)}>{d.status.replace('_', ' ')}</Badge>
      </span>
      <span class="dim" title={dayAndClock(at)}>
        {d.env} · {ago(at, Date.now())}
        {d.commit ? ` · ${d.commit.slice(0, 10)}` : ''}
      </span>
    </div>
  );
}

function NoGates(): JSX.Element {
  return (
    <Empty title="No gate has run yet">
      <p>
        A gate compares a new version with the one before and says pass or fail, with its reasons:
      </p>
      <code>sluice gate run --service shop --version B --baseline previous</code>
    </Empty>
  );
}
