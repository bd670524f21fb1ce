// What this post keeps for one person, encrypted at rest.
//
// Invariant: a value never stands in clear on the disk. Each owner has a key of his own that no script can read out (a
// CryptoKey that is not extractable, kept as such by the browser); each record has a fresh IV and is tied to its place, so that
// one copied elsewhere does not open. Names of fields are hidden too (an HMAC): that a penalty was touched is a secret.
// Invariant: a put that has answered is on the disk (`durability: 'strict'`).
// Invariant: an owner reads, counts and sends his own records alone; nothing but `wipe` throws the others' away.

/** What a record is for. `draft` and `event` wait to be sent; `batch` is what was sent and has no answer yet. */
export type Kind = 'draft' | 'event' | 'batch' | 'pack' | 'me';
/** A record's place: its kind, what it belongs to (a sitting, a day), its own name there. */
export type Name = { kind: Kind; group: string; id: string };
/** A record with the stamp of its last writing: whoever changes it says which one he saw. */
export type Item<T> = { name: Name; stamp: string; value: T };

/** Where one owner's records are. */
export interface Vault {
  readonly owner: string;
  /** Whether it outlives the page. */
  readonly lasting: boolean;
  put(name: Name, value: unknown): Promise<void>;
  get<T>(name: Name): Promise<Item<T> | null>;
  list<T>(kind: Kind, group?: string): Promise<Item<T>[]>;
  /** Writes (or with `undefined` takes away) only where the stamp is still the one that was seen, null for no record; says whether it did. */
  swap(name: Name, seen: string | null, value: unknown): Promise<boolean>;
  remove(name: Name): Promise<void>;
}

const DATABASE = 'delos';
const RECORDS = 'records';
const KEYS = 'keys';
/** Beside the keys: no owner has an empty name. */
const LAST = '';

type Keys = { cipher: CryptoKey; names: CryptoKey };
type Row = { stamp: string; iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer };
type Place = [owner: string, kind: string, group: string, hidden: string];

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEYS);
      request.result.createObjectStore(RECORDS);
    };
    request.onsuccess = () => {
      const found = request.result;
      const forget = (): void => {
        found.close();
        opened = undefined;
      };
      found.onversionchange = forget;
      found.onclose = forget;
      resolve(found);
    };
    request.onerror = () => reject(request.error ?? new Error('no database'));
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the database refuses'));
  });

const ended = (work: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    work.oncomplete = () => resolve();
    work.onabort = () => reject(work.error ?? new Error('the database gave up'));
    work.onerror = () => reject(work.error ?? new Error('the database refuses'));
  });

const writing = (db: IDBDatabase, store: string): IDBTransaction => db.transaction(store, 'readwrite', { durability: 'strict' });

/** The owner's keys; two tabs that make them at once end up with the same. */
async function keysOf(db: IDBDatabase, owner: string): Promise<Keys> {
  const found = await asked<Keys | undefined>(db.transaction(KEYS).objectStore(KEYS).get(owner));
  if (found) return found;
  const mine: Keys = {
    cipher: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    names: await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
  };
  const work = writing(db, KEYS);
  const store = work.objectStore(KEYS);
  const first = await asked<Keys | undefined>(store.get(owner));
  if (!first) store.put(mine, owner);
  await ended(work);
  return first ?? mine;
}

const text = new TextEncoder();
const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** Opens the vault of an owner. */
export async function openVault(owner: string): Promise<Vault> {
  if (typeof indexedDB === 'undefined' || globalThis.crypto?.subtle === undefined) return memoryVault(owner);
  let keys: Keys;
  try {
    keys = await keysOf(await database(), owner);
  } catch {
    // A browser that refuses storage (private window, full disk): the page still sends what is typed.
    return memoryVault(owner);
  }

  const placeOf = async ({ kind, group, id }: Name): Promise<Place> => [
    owner, kind, group, base64(await crypto.subtle.sign('HMAC', keys.names, text.encode(JSON.stringify([kind, group, id])))),
  ];
  const tied = (place: Place) => text.encode(JSON.stringify(place));

  async function seal(place: Place, id: string, value: unknown): Promise<Row> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const clear = text.encode(JSON.stringify({ id, value }));
    const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: tied(place) }, keys.cipher, clear);
    return { stamp: crypto.randomUUID(), iv, data };
  }

  async function unseal<T>(place: Place, { stamp, iv, data }: Row): Promise<Item<T> | null> {
    try {
      const clear = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: tied(place) }, keys.cipher, data);
      const { id, value } = JSON.parse(new TextDecoder().decode(clear)) as { id: string; value: T };
      return { name: { kind: place[1] as Kind, group: place[2], id }, stamp, value };
    } catch {
      // Altered on the disk: it is nobody's word any more.
      return null;
    }
  }

  async function write(name: Name, seen: string | null | undefined, value: unknown): Promise<boolean> {
    const place = await placeOf(name);
    // Nothing slow may happen inside the transaction: it would end by itself.
    const row = value === undefined ? null : await seal(place, name.id, value);
    const work = writing(await database(), RECORDS);
    const store = work.objectStore(RECORDS);
    if (seen !== undefined) {
      const there = await asked<Row | undefined>(store.get(place));
      if ((there?.stamp ?? null) !== seen) return false;
    }
    if (row) store.put(row, place);
    else store.delete(place);
    await ended(work);
    return true;
  }

  return {
    owner,
    lasting: true,
    put: async (name, value) => void (await write(name, undefined, value)),
    swap: (name, seen, value) => write(name, seen, value),
    remove: async (name) => void (await write(name, undefined, undefined)),
    async get<T>(name: Name) {
      const place = await placeOf(name);
      const row = await asked<Row | undefined>((await database()).transaction(RECORDS).objectStore(RECORDS).get(place));
      return row ? unseal<T>(place, row) : null;
    },
    async list<T>(kind: Kind, group?: string) {
      const from = group === undefined ? [owner, kind] : [owner, kind, group];
      // An array sorts after every string: it closes the range of what begins alike.
      const range = IDBKeyRange.bound(from, [...from, []]);
      const store = (await database()).transaction(RECORDS).objectStore(RECORDS);
      const [places, rows] = await Promise.all([asked(store.getAllKeys(range)), asked<Row[]>(store.getAll(range))]);
      const items = await Promise.all(rows.map((row, i) => unseal<T>(places[i] as Place, row)));
      return items.filter((item) => item !== null);
    },
  };
}

/** A vault that dies with the page. */
export function memoryVault(owner: string): Vault {
  const rows = new Map<string, Item<unknown>>();
  const at = (name: Name): string => JSON.stringify([name.kind, name.group, name.id]);
  let turn = 0;
  function set(name: Name, value: unknown): void {
    turn += 1;
    if (value === undefined) rows.delete(at(name));
    else rows.set(at(name), { name, stamp: String(turn), value: structuredClone(value) });
  }
  return {
    owner,
    lasting: false,
    put: async (name, value) => set(name, value),
    remove: async (name) => set(name, undefined),
    async swap(name, seen, value) {
      if ((rows.get(at(name))?.stamp ?? null) !== seen) return false;
      set(name, value);
      return true;
    },
    get: async <T>(name: Name) => (rows.get(at(name)) as Item<T> | undefined) ?? null,
    list: async <T>(kind: Kind, group?: string) =>
      [...rows.values()].filter(({ name }) => name.kind === kind && (group === undefined || name.group === group)) as Item<T>[],
  };
}

/** Whether anything was ever kept on this post: to ask leaves nothing behind. */
async function exists(): Promise<boolean> {
  if (typeof indexedDB === 'undefined') return false;
  return !indexedDB.databases || (await indexedDB.databases()).some(({ name }) => name === DATABASE);
}

/** How many records of these owners wait to be sent. */
export async function unsent(owners: readonly string[]): Promise<number> {
  if (!(await exists())) return 0;
  const store = (await database()).transaction(RECORDS).objectStore(RECORDS);
  const counts = owners.flatMap((owner) =>
    (['draft', 'event'] as const).map((kind) => asked(store.count(IDBKeyRange.bound([owner, kind], [owner, kind, []])))),
  );
  return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
}

/** Says on the disk, at once, whose post this is: what a browser keeps elsewhere may not outlive a power cut. */
export async function setLast(owner: string | null): Promise<void> {
  if (owner === null && !(await exists())) return;
  const work = writing(await database(), KEYS);
  if (owner === null) work.objectStore(KEYS).delete(LAST);
  else work.objectStore(KEYS).put(owner, LAST);
  await ended(work);
}

/** Whose post this was last. */
export async function last(): Promise<string | null> {
  if (!(await exists())) return null;
  return (await asked<string | undefined>((await database()).transaction(KEYS).objectStore(KEYS).get(LAST))) ?? null;
}

/** Throws away everything of these owners, keys included: what was on the disk can never be read again. */
export async function wipe(owners: readonly string[]): Promise<void> {
  if (!(await exists())) return;
  const work = (await database()).transaction([RECORDS, KEYS], 'readwrite', { durability: 'strict' });
  for (const owner of owners) {
    work.objectStore(RECORDS).delete(IDBKeyRange.bound([owner], [owner, []]));
    work.objectStore(KEYS).delete(owner);
  }
  work.objectStore(KEYS).delete(LAST);
  await ended(work);
}
