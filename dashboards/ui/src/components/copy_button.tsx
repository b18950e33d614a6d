import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { copyText } from '../lib/clipboard';
import { Icon, type IconName } from './icon';

interface Props {
  text: () => string;
  label: string;
  icon?: IconName;
  caption?: string;
  quiet?: boolean;
}

// Says "Copied" only when it is true.
export function CopyButton({ text, label, icon = 'copy', caption, quiet }: Props): JSX.Element {
  const [said, setSaid] = useState('');
  const copy = async () => {
    setSaid((await copyText(text())) ? 'Copied' : 'Not allowed');
    setTimeout(() => setSaid(''), 1500);
  };
  return (
    <button
      class={`btn${caption ? '' : ' icon'}${quiet ? ' quiet' : ''}`}
      title={label}
      aria-label={label}
      onClick={copy}
    >
      <Icon name={icon} />
      {caption && <span>{said || caption}</span>}
      {!caption && said && (
        <span class="said" role="status">
          {said}
        </span>
      )}
    </button>
  );
}
