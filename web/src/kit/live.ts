// Pages that keep up with what others do: the gateway tells that something changed (ids, never data), the page reads again.
// What is not heard is found at the next look: the period holds whatever becomes of the stream.
import { BY_ITSELF } from './http.ts';

/** Between two looks of a page of the staff's that nobody touches (docs/guide says it). */
export const PERIOD = 15_000;
/** Between two looks of a candidate's page: there are many of them, and his exam seldom changes. */
export const CALM_PERIOD = 60_000;
/** A page reads again at most so often, however much changes. */
const APART = 1_000;

type Stream = { api: 'staff' | 'candidate'; id: string; variables: Record<string, unknown> };

/** Splits what has come into whole events, and what is left of the last one. */
export function events(text: string): { heard: string[]; rest: string } {
  const parts = text.split('\n\n');
  const rest = parts.pop() ?? '';
  const heard = parts.flatMap((part) => /^event: (\w+)$/m.exec(part)?.[1] ?? []);
  return { heard, rest };
}

/** Reads a stream to its end; `changed` is called for each event. */
async function follow({ api, id, variables }: Stream, signal: AbortSignal, changed: () => void): Promise<void> {
  const response = await fetch(`/graphql/${api}/live`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-Delos': BY_ITSELF },
    body: JSON.stringify({ documentId: id, variables }),
    signal,
  });
  if (!response.ok || !response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const read = events(rest + decoder.decode(value, { stream: true }));
    rest = read.rest;
    if (read.heard.includes('next')) changed();
    if (read.heard.includes('complete')) return;
  }
}

/**
 * Calls `look` when something changed, and every `period` in any case, as long as the page is seen; gives back how to stop.
 * A page that is not seen holds no stream: a browser has few connections to one house.
 */
export function watch(stream: Stream, look: () => void, period: number): () => void {
  let open: AbortController | undefined;
  let soon: ReturnType<typeof setTimeout> | undefined;
  let last = Date.now();

  function now(): void {
    clearTimeout(soon);
    soon = undefined;
    last = Date.now();
    look();
  }
  function changed(): void {
    soon ??= setTimeout(now, Math.max(0, last + APART - Date.now()));
  }
  function listen(): void {
    if (open || document.hidden) return;
    const mine = new AbortController();
    open = mine;
    // A stream that ends, or never begins, is asked for again at the next look.
    void follow(stream, mine.signal, changed)
      .catch(() => undefined)
      .finally(() => {
        if (open === mine) open = undefined;
      });
  }
  function hush(): void {
    open?.abort();
    open = undefined;
  }
  function seen(): void {
    if (document.hidden) return hush();
    if (Date.now() - last > APART) now();
    listen();
  }

  listen();
  const timer = setInterval(() => {
    if (document.hidden) return;
    now();
    listen();
  }, period);
  document.addEventListener('visibilitychange', seen);
  return () => {
    clearInterval(timer);
    clearTimeout(soon);
    document.removeEventListener('visibilitychange', seen);
    hush();
  };
}
