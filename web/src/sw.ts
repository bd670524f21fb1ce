/// <reference lib="webworker" />
// The front without network: once somebody has asked for it (« Préparer le hors ligne »), its files are kept and served when the
// service does not answer. What people read and type is not here: the API is never cached, the day pack is in the vault.
//
// Invariant: a version is served only once it is complete, and a newer one replaces it only then.
// This file imports nothing: it is read alone, from the root of the site.

type List = { version: string; files: string[] };

const worker = self as unknown as ServiceWorkerGlobalScope;
const PREFIX = 'delos.front.';
/** Where a cache says that nothing is missing from it. */
const COMPLETE = '/complet';
const LIST = '/hors-ligne.json';
/** A navigation waits so long for the network. */
const PATIENCE = 3_000;

worker.addEventListener('install', () => void worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

/** The cache of a complete version. */
async function complete(): Promise<Cache | null> {
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const cache = await caches.open(name);
    if (await cache.match(COMPLETE)) return cache;
  }
  return null;
}

/** Asks once more after a moment: a school's network drops, and comes back. */
async function fetched(path: string, cache: RequestCache): Promise<Response> {
  const once = (): Promise<Response> => fetch(path, { cache });
  const found = await once().catch(() => null);
  if (found?.ok) return found;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const again = await once();
  if (!again.ok) throw new Error(`no ${path}`);
  return again;
}

let filling: Promise<void> | null = null;

/** Fetches whatever the present version lacks, then lets the former go. */
async function fill(told: (done: number, total: number) => void): Promise<void> {
  const answer = await fetched(LIST, 'no-store');
  const { version, files } = (await answer.json()) as List;
  const name = PREFIX + version;
  const cache = await caches.open(name);
  const former = await complete();
  let done = 0;
  told(done, files.length);
  for (const file of files) {
    if (!(await cache.match(file))) {
      // Names under assets/ hold a hash of the content: the former version's file is the same.
      const kept = file.startsWith('/assets/') ? await former?.match(file) : undefined;
      await cache.put(file, kept ?? (await fetched(file, 'no-cache')));
    }
    done += 1;
    told(done, files.length);
  }
  await cache.put(COMPLETE, new Response(version));
  for (const other of await caches.keys()) if (other.startsWith(PREFIX) && other !== name) await caches.delete(other);
}

worker.addEventListener('message', (event) => {
  const port = event.ports[0];
  if (event.data !== 'prepare' || !port) return;
  event.waitUntil(
    fill((done, total) => port.postMessage({ done, total })).then(
      () => port.postMessage({ ready: true }),
      () => port.postMessage({ failed: true }),
    ),
  );
});

async function page(request: Request): Promise<Response> {
  const shell = async (): Promise<Response | undefined> => (await complete())?.match('/');
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
  // A proxy whose service has ended answers too: that is no page.
  const asked = fetch(request).catch(() => Response.error());
  const answer = await Promise.race([asked, late]);
  if (answer && answer.type !== 'error' && answer.status < 500) return answer;
  return (await shell()) ?? asked;
}

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return;
  if (request.mode === 'navigate') {
    // Files that are downloaded are navigations too: they are the service's alone.
    if (/\.[a-z0-9]+$/.test(pathname) && !pathname.startsWith('/accuse-reception/')) return;
    event.respondWith(page(request));
    // A visit with network is when a new version is noticed.
    event.waitUntil(renew());
  } else if (pathname.startsWith('/assets/') || pathname === '/icone.svg') {
    event.respondWith(complete().then(async (cache) => (await cache?.match(request)) ?? fetch(request)));
  }
});

async function renew(): Promise<void> {
  const cache = await complete();
  if (!cache || filling) return;
  filling = (async () => {
    const answer = await fetch(LIST, { cache: 'no-store' });
    const { version } = (await answer.json()) as List;
    if (version !== (await (await cache.match(COMPLETE))?.text())) await fill(() => undefined);
  })().catch(() => undefined);
  await filling;
  filling = null;
}
