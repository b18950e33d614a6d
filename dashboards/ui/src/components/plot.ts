// What both charts share: colours out of the style sheet, axes, size and drag to zoom with uPlot.
import uPlot from 'uplot';
import type { Span } from '../lib/time';

export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const font = '11px ui-sans-serif, system-ui, sans-serif';

const shortUnits: [number, string][] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

// 1234567 -> '1.23M': at most three digits count.
export function shortNumber(n: number): string {
  const unit = shortUnits.find(([size]) => Math.abs(n) >= size);
  const value = unit ? n / unit[0] : n;
  return String(Number(value.toPrecision(3))) + (unit ? unit[1] : '');
}

export function axes(yWidth: number): uPlot.Axis[] {
  const look = { stroke: colour('dim'), font, ticks: { show: false } };
  return [
    { ...look, grid: { show: false }, size: 24, space: 70, values: timeLabels },
    {
      ...look,
      grid: { stroke: colour('line'), width: 1 },
      size: yWidth,
      space: 28,
      values: (_u, ticks) => ticks.map(shortNumber),
    },
  ];
}

// 24 hours always; the day stands where it changes.
function timeLabels(_u: uPlot, ticks: number[]): string[] {
  const fine = ticks.length > 1 && ticks[1]! - ticks[0]! < 60;
  let day = '';
  return ticks.map((s) => {
    const d = new Date(s * 1000);
    const two = (n: number) => String(n).padStart(2, '0');
    const minutes = `${two(d.getHours())}:${two(d.getMinutes())}`;
    const clock = fine ? `${minutes}:${two(d.getSeconds())}` : minutes;
    const today = `${two(d.getMonth() + 1)}-${two(d.getDate())}`;
    const first = day !== '' && day !== today;
    day = today;
    return first || (d.getHours() + d.getMinutes() === 0 && !fine) ? today : clock;
  });
}

// Selecting with the mouse asks for that range instead of zooming what is drawn already.
export function zoomHook(onZoom: (span: Span) => void): (u: uPlot) => void {
  return (u) => {
    if (u.select.width < 4) return;
    const from = u.posToVal(u.select.left, 'x') * 1000;
    const to = u.posToVal(u.select.left + u.select.width, 'x') * 1000;
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    onZoom({ from, to });
  };
}

// Follows the width of its box and the colour scheme; the returned function ends that.
export function keepFitting(
  plot: uPlot,
  box: HTMLElement,
  height: number,
  redraw: () => void,
): () => void {
  const observer = new ResizeObserver(() =>
    plot.setSize({ width: Math.max(box.clientWidth, 50), height }),
  );
  observer.observe(box);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', redraw);
  return () => {
    observer.disconnect();
    scheme.removeEventListener('change', redraw);
    plot.destroy();
  };
}
