// Data that a page keeps fresh while it is open and visible.
import { signal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { isAbort, messageOf } from '../api/client';

export interface Polled<T> {
  data: T | null;
  error: string; // of the last try; the last good data stays beside it
  at: number; // ms, of the last good answer
}

export function usePolled<T>(
  load: (signal: AbortSignal) => Promise<T>,
  everyMs: number,
): ReadonlySignal<Polled<T>> {
  const state = useMemo(() => signal<Polled<T>>({ data: null, error: '', at: 0 }), []);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const round = async () => {
      if (!document.hidden) await refresh(state, load, abort.signal);
      if (!abort.signal.aborted) timer = window.setTimeout(round, everyMs);
    };
    void round();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, []);
  return state;
}

async function refresh<T>(
  state: { value: Polled<T> },
  load: (signal: AbortSignal) => Promise<T>,
  abort: AbortSignal,
): Promise<void> {
  try {
    state.value = { data: await load(abort), error: '', at: Date.now() };
  } catch (error) {
    if (!isAbort(error)) state.value = { ...state.value, error: messageOf(error) };
  }
}
