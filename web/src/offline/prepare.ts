// « Préparer le hors ligne »: the front's files by the service worker, and the browser's word that it keeps them.

/** Whether this browser can work without network at all. */
export const able = (): boolean => 'serviceWorker' in navigator && 'caches' in window && 'indexedDB' in window;

const PREFIX = 'delos.front.';

type Said = { done?: number; total?: number; ready?: true; failed?: true };

/** Keeps the front's files; `told` hears how many of them are there. */
export async function prepareFront(told: (done: number, total: number) => void): Promise<void> {
  await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
  const { active } = await navigator.serviceWorker.ready;
  // A browser short of space throws away what nobody asked it to keep. It may say no: the rest holds all the same.
  await navigator.storage?.persist?.().catch(() => false);
  await new Promise<void>((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Said>) => {
      if (data.ready) resolve();
      else if (data.failed) reject(new Error('the front could not be kept'));
      else told(data.done ?? 0, data.total ?? 0);
    };
    if (!active) return reject(new Error('no worker'));
    active.postMessage('prepare', [port2]);
  });
}

/** Whether the front's files are here. */
export async function prepared(): Promise<boolean> {
  if (!able()) return false;
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && (await (await caches.open(name)).match('/complet'))) return true;
  return false;
}

/** Throws the front's files away. */
export async function forgetFront(): Promise<void> {
  if (!able()) return;
  const registration = await navigator.serviceWorker.getRegistration('/');
  await registration?.unregister();
  for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
}
