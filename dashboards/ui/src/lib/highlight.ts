// Cuts a text into marked and unmarked pieces.
export interface Piece {
  text: string;
  marked: boolean;
}

export function pieces(text: string, marks: string[]): Piece[] {
  const wanted = marks.filter((m) => m !== '');
  const out: Piece[] = [];
  let at = 0;
  while (wanted.length > 0) {
    const next = nearest(text, wanted, at);
    if (!next) break;
    if (next.at > at) out.push({ text: text.slice(at, next.at), marked: false });
    out.push({ text: next.mark, marked: true });
    at = next.at + next.mark.length;
  }
  if (at < text.length) out.push({ text: text.slice(at), marked: false });
  return out;
}

function nearest(text: string, marks: string[], from: number): { at: number; mark: string } | null {
  let best: { at: number; mark: string } | null = null;
  for (const mark of marks) {
    const at = text.indexOf(mark, from);
    if (at >= 0 && (!best || at < best.at || (at === best.at && mark.length > best.mark.length)))
      best = { at, mark };
  }
  return best;
}
