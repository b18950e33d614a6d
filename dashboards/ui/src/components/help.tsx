import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const keys: [string, string][] = [
  ['/', 'go to the query'],
  ['Enter', 'run it (Shift+Enter: new line)'],
  ['t', 'time range'],
  ['[  ]', 'one range earlier, later'],
  ['-', 'twice the range'],
  ['f', 'follow live, stop'],
  ['w', 'wrap long lines'],
  ['j  k', 'next, previous line'],
  ['Enter  Esc', 'open, close a line'],
  ['g l', 'logs'],
  ['g m', 'metrics'],
  ['g a', 'alerts'],
  ['g r', 'releases'],
  ['?', 'this help'],
];

export function Help({ onClose }: { onClose(): void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={onClose}
      onClick={(e) => e.target === dialog.current && onClose()}
    >
      <h1 id="help-title">Keys</h1>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button class="btn">Close</button>
      </form>
    </dialog>
  );
}
