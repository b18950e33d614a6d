import { expect, it } from 'vitest';
import { decodeState, encodeState } from '../src/lib/url_state';

const state = {
  query: '{a="b"} |= "x&y=z?#+ %" | json',
  range: { from: '2026-01-02T12:00:00.000Z', to: '2026-01-02T13:00:00.000Z' },
  live: true,
  hidden: ['debug', 'info'],
};

it('a state survives its address', () => {
  expect(decodeState(encodeState(state))).toEqual(state);
});

it('defaults are left out', () => {
  const plain = { query: '', range: { from: 'now-1h', to: 'now' }, live: false, hidden: [] };
  expect(encodeState(plain)).toBe('');
  expect(decodeState('')).toEqual(plain);
});

it('an address that makes no sense gives the default range', () => {
  expect(decodeState('?from=lately&to=never').range).toEqual({ from: 'now-1h', to: 'now' });
  expect(decodeState('?q=x&unknown=1').query).toBe('x');
});
