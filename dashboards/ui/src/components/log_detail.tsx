// An opened entry: every label and field with its filters, and the line as it came.
import type { JSX } from 'preact';
import { fieldsOf, type Entry } from '../lib/entries';
import { selectorOf, type Op } from '../lib/logql';
import { hrefOf } from '../lib/route';
import { absolute, rfc3339 } from '../lib/time';
import { encodeState } from '../lib/url_state';
import { CopyButton } from './copy_button';
import { Icon } from './icon';

const around = 30_000; // ms on each side of the line

interface Props {
  entry: Entry;
  onFilter(name: string, op: Op, value: string, entry: Entry): void;
}

function contextLink(entry: Entry): string {
  const range = absolute({ from: entry.ms - around, to: entry.ms + around });
  return hrefOf(
    'logs',
    encodeState({ query: selectorOf(entry.labels), range, live: false, hidden: [] }),
  );
}

function pretty(entry: Entry): string {
  return entry.parsed.kind === 'json'
    ? JSON.stringify(JSON.parse(entry.line), null, 2)
    : entry.line;
}

export function LogDetail({ entry, onFilter }: Props): JSX.Element {
  const fields = fieldsOf(entry);
  return (
    <div class="detail">
      <div class="detail-bar">
        <code title="UTC, full precision">{rfc3339(entry.ns)}</code>
        <a
          class="btn"
          data-page
          href={contextLink(entry)}
          title="The same stream, 30 seconds each way"
        >
          <Icon name="around" />
          <span>Around this line</span>
        </a>
        <CopyButton text={() => entry.line} label="Copy the line" caption="Copy line" />
      </div>
      <table class="fields">
        <caption class="sr">Labels and fields</caption>
        <tbody>
          {fields.map((f) => (
            <tr key={f.name}>
              <td class="tools">
                <button
                  class="btn icon"
                  title={`Only ${f.name} = this`}
                  aria-label={`Only lines with ${f.name}=${f.value}`}
                  onClick={() => onFilter(f.name, '=', f.value, entry)}
                >
                  <Icon name="plus" />
                </button>
                <button
                  class="btn icon"
                  title={`Without ${f.name} = this`}
                  aria-label={`Without lines with ${f.name}=${f.value}`}
                  onClick={() => onFilter(f.name, '!=', f.value, entry)}
                >
                  <Icon name="minus" />
                </button>
                <CopyButton text={() => f.value} label={`Copy ${f.name}`} />
              </td>
              <th scope="row">
                {f.name}
                {f.from === 'label' && <small>label</small>}
              </th>
              <td class="value">{f.value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <pre class="line">{pretty(entry)}</pre>
    </div>
  );
}
