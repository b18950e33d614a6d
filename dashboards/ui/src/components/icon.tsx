// Line icons, drawn here so that no icon font is loaded. Decorative: their buttons carry the names.
import type { JSX } from 'preact';

const paths = {
  left: 'M10 3 5 8l5 5',
  right: 'm6 3 5 5-5 5',
  down: 'm3 6 5 5 5-5',
  minus: 'M3 8h10',
  plus: 'M8 3v10M3 8h10',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 3v3.2l2 1.3',
  play: 'M5 3v10l8-5z',
  pause: 'M5 3v10M11 3v10',
  stop: 'M4 4h8v8H4z',
  link: 'm6.5 9.5 3-3M7 4.5 8.2 3.3a3 3 0 0 1 4.5 4.5L12 9M9 11.5 7.8 12.7a3 3 0 0 1-4.5-4.5L4 7',
  copy: 'M6 6h7v7H6zM3 10V3h7',
  wrap: 'M2 4h12M2 8h9.500a2.200 2.200 0 0 1 0 4.400H8m1.800-2L8 12.400l1.800 2M2 12h3',
  list: 'M2 4h12M2 8h12M2 12h12',
  search: 'M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9ZM10.500 10.500 14 14',
  x: 'm4 4 8 8m0-8-8 8',
  code: 'M5.500 4 2 8l3.500 4M10.500 4 14 8l-3.500 4',
  around: 'M8 2v4m0-4L6.300 3.700M8 2l1.700 1.700M8 14v-4m0 4-1.700-1.700M8 14l1.700-1.700M2 8h12',
  dot: 'M8 6.500a1.500 1.500 0 1 0 0 3 1.500 1.500 0 0 0 0-3Z',
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
