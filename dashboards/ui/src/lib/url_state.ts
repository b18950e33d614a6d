// The whole state of a page in its URL, so that a link shows what its sender saw.
import { parseTime, type Range } from './time';

export interface QueryState {
  query: string;
  range: Range;
  live: boolean;
  hidden: string[]; // levels switched off in the histogram's legend
}

export const defaultRange: Range = { from: 'now-1h', to: 'now' };

export function decodeState(search: string): QueryState {
  const params = new URLSearchParams(search);
  const from = params.get('from') ?? defaultRange.from;
  const to = params.get('to') ?? defaultRange.to;
  const valid = parseTime(from, 0) !== null && parseTime(to, 0) !== null;
  return {
    query: params.get('q') ?? '',
    range: valid ? { from, to } : defaultRange,
    live: params.get('live') === '1',
    hidden: (params.get('hide') ?? '').split(',').filter((level) => level !== ''),
  };
}

// Defaults are left out: short links for plain states.
export function encodeState(state: QueryState): string {
  const params = new URLSearchParams();
  if (state.query !== '') params.set('q', state.query);
  if (state.range.from !== defaultRange.from || state.range.to !== defaultRange.to) {
    params.set('from', state.range.from);
    params.set('to', state.range.to);
  }
  if (state.live) params.set('live', '1');
  if (state.hidden.length > 0) params.set('hide', state.hidden.join(','));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
