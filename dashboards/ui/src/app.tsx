// The frame around the pages: navigation and keys that work everywhere.
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { Help } from './components/help';
import { go, hrefOf, page, type Page } from './lib/route';
import { AlertsPage } from './pages/alerts';
import { GraphPage } from './pages/graph';
import { LogsPage, onLogsKey } from './pages/logs';
import { ReleasesPage } from './pages/releases';

const tabs: { page: Page; name: string; key: string }[] = [
  { page: 'logs', name: 'Logs', key: 'l' },
  { page: 'graph', name: 'Metrics', key: 'm' },
  { page: 'alerts', name: 'Alerts', key: 'a' },
  { page: 'releases', name: 'Releases', key: 'r' },
];

const helpOpen = signal(false);
let afterG = false; // 'g' was pressed, the next key names a page

function typing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select') !== null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (
    typing(event.target) ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.defaultPrevented
  )
    return;
  if (handled(event)) event.preventDefault();
}

function handled(event: KeyboardEvent): boolean {
  if (afterG) {
    afterG = false;
    const tab = tabs.find((t) => t.key === event.key);
    if (tab) go(tab.page);
    return tab !== undefined;
  }
  switch (event.key) {
    case 'g':
      afterG = true;
      return true;
    case '?':
      helpOpen.value = !helpOpen.value;
      return true;
    case '/':
      dispatchEvent(new Event('sluice:focus-query'));
      return true;
    case 't':
      document.getElementById('time')?.click();
      return true;
    default:
      return page.value === 'logs' && onLogsKey(event);
  }
}

export function App(): JSX.Element {
  useLayoutEffect(() => {
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <a class="brand" data-page href={hrefOf('logs')}>
          <img src="./favicon.svg" alt="" width="22" height="22" />
          Sluice
        </a>
        <nav aria-label="Pages">
          {tabs.map((t) => (
            <a
              key={t.page}
              data-page
              href={hrefOf(t.page)}
              aria-current={page.value === t.page ? 'page' : undefined}
            >
              {t.name}
            </a>
          ))}
        </nav>
        <span class="grow" />
        <button class="btn quiet" title="Keys  ?" onClick={() => (helpOpen.value = true)}>
          Keys <kbd>?</kbd>
        </button>
      </header>
      <main id="main">
        <Current />
      </main>
      {helpOpen.value && <Help onClose={() => (helpOpen.value = false)} />}
    </>
  );
}

function Current(): JSX.Element {
  switch (page.value) {
    case 'logs':
      return <LogsPage />;
    case 'graph':
      return <GraphPage />;
    case 'alerts':
      return <AlertsPage />;
    case 'releases':
      return <ReleasesPage />;
  }
}
