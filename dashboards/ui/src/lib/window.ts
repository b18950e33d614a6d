// Which rows of a long list are worth having in the page.
//
// Rows have one height; a few opened ones add an extra below. With the opened rows sorted, the
// first visible row follows from a walk over those few, so a million rows cost nothing.

export interface Opened {
  index: number;
  extra: number; // px
}

export interface Window {
  first: number;
  last: number; // exclusive
  offset: number; // px from the list's top to row `first`
  height: number; // px of the whole list
}

export function totalHeight(count: number, row: number, opened: Opened[]): number {
  return opened.reduce((sum, o) => sum + o.extra, count * row);
}

export function topOf(index: number, row: number, opened: Opened[]): number {
  return opened.reduce((sum, o) => (o.index < index ? sum + o.extra : sum), index * row);
}

function rowAt(y: number, row: number, opened: Opened[]): number {
  let above = 0;
  for (const o of opened) {
    const top = o.index * row + above;
    if (y < top + row) break;
    if (y < top + row + o.extra) return o.index;
    above += o.extra;
  }
  return Math.floor((y - above) / row);
}

// `opened` is sorted by index.
export function windowOf(
  count: number,
  row: number,
  opened: Opened[],
  scroll: number,
  view: number,
  overscan = 12,
): Window {
  const first = Math.max(0, Math.min(rowAt(scroll, row, opened), count - 1) - overscan);
  const last = Math.min(count, rowAt(scroll + view, row, opened) + 1 + overscan);
  return {
    first,
    last: Math.max(last, first),
    offset: topOf(first, row, opened),
    height: totalHeight(count, row, opened),
  };
}
