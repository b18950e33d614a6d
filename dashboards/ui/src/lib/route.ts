// Which page is shown. Pages are one level deep ('/logs'), so relative addresses keep working
// behind any prefix; the query string belongs to the page.
import { signal } from '@preact/signals';

export const pages = ['logs', 'graph', 'alerts', 'releases'] as const;
export type Page = (typeof pages)[number];

function pageOf(path: string): Page {
  const last = path.slice(path.lastIndexOf('/') + 1);
  return pages.find((p) => p === last) ?? 'logs';
}

export const page = signal<Page>(pageOf(location.pathname));
// Counts navigations that the page did not make itself: back, forward, links.
export const visits = signal(0);

export function hrefOf(to: Page, search = ''): string {
  return `./${to}${search}`;
}

export function go(to: Page, search = ''): void {
  history.pushState(null, '', hrefOf(to, search));
  arrive();
}

// The page's own state changed: `push` when Back should undo it.
export function setSearch(search: string, push: boolean): void {
  if (search === location.search) return;
  const url = `${location.pathname}${search}`;
  if (push) history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}

function arrive(): void {
  page.value = pageOf(location.pathname);
  visits.value += 1;
}

// Links inside the UI change pages without loading the document anew.
export function onLinkClick(event: MouseEvent): void {
  const link = (event.target as Element).closest('a[data-page]');
  if (
    !link ||
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey
  )
    return;
  event.preventDefault();
  history.pushState(null, '', (link as HTMLAnchorElement).href);
  arrive();
}

export function startRouting(): void {
  addEventListener('popstate', arrive);
  addEventListener('click', onLinkClick);
}
