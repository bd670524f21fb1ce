import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { memoryVault, openVault, unsent, wipe, type Vault } from './vault.ts';

const NAME = { kind: 'draft', group: 's1', id: 'level.SISR_C1' } as const;

/** Everything that the disk holds, as one text. */
async function disk(): Promise<string> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('delos');
    request.onsuccess = () => resolve(request.result);
  });
  const store = db.transaction('records').objectStore('records');
  const all = await Promise.all(
    [store.getAll(), store.getAllKeys()].map((request) => new Promise<unknown[]>((resolve) => void (request.onsuccess = () => resolve(request.result)))),
  );
  db.close();
  const bytes = (value: unknown): unknown =>
    value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder('latin1').decode(value as ArrayBuffer) : Array.isArray(value) ? value.map(bytes) : value && typeof value === 'object' ? Object.values(value).map(bytes) : value;
  return JSON.stringify(all.map(bytes));
}

const each = (sentence: string, act: (vault: Vault) => Promise<void>): void => {
  test(`${sentence} (on the disk)`, async () => act(await openVault(`owner ${sentence}`)));
  test(`${sentence} (in memory)`, async () => act(memoryVault('anybody')));
};

each('what is put is read back, listed by what it belongs to, and goes', async (vault) => {
  await vault.put(NAME, { value: '3' });
  await vault.put({ ...NAME, group: 's2' }, { value: '4' });
  await vault.put({ kind: 'event', group: 's1', id: 'k' }, 1);
  expect((await vault.get(NAME))?.value).toEqual({ value: '3' });
  expect((await vault.list('draft', 's1')).map(({ name }) => name)).toEqual([NAME]);
  expect(await vault.list('draft')).toHaveLength(2);
  await vault.remove(NAME);
  expect(await vault.get(NAME)).toBeNull();
  expect(await vault.list('draft')).toHaveLength(1);
});

each('only who saw the last writing changes it', async (vault) => {
  expect(await vault.swap(NAME, 'never seen', 1)).toBe(false);
  expect(await vault.swap(NAME, null, 1)).toBe(true);
  const seen = (await vault.get(NAME))?.stamp ?? '';
  await vault.put(NAME, 1);
  expect(await vault.swap(NAME, seen, undefined)).toBe(false);
  const now = (await vault.get(NAME))?.stamp ?? '';
  expect(await vault.swap(NAME, now, undefined)).toBe(true);
  expect(await vault.get(NAME)).toBeNull();
});

test('nothing stands in clear on the disk, not even which field was touched', async () => {
  const vault = await openVault('one');
  await vault.put({ kind: 'draft', group: 's1', id: 'penalty.both' }, { value: 'insuffisant' });
  const held = await disk();
  expect(held).toContain('s1');
  expect(held).not.toMatch(/insuffisant|penalty/);
});

test('the key cannot be read out', async () => {
  await openVault('one');
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('delos');
    request.onsuccess = () => resolve(request.result);
  });
  const keys = await new Promise<{ cipher: CryptoKey; names: CryptoKey }>((resolve) => {
    const request = db.transaction('keys').objectStore('keys').get('one');
    request.onsuccess = () => resolve(request.result as { cipher: CryptoKey; names: CryptoKey });
  });
  db.close();
  for (const key of [keys.cipher, keys.names]) {
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
  }
});

test('somebody else on the same post reads nothing, and throws nothing away', async () => {
  const [one, other] = [await openVault('one'), await openVault('other')];
  await one.put(NAME, 'mine');
  expect(await other.get(NAME)).toBeNull();
  expect(await other.list('draft')).toEqual([]);
  expect(await unsent(['other'])).toBe(0);
  await wipe(['other']);
  expect((await one.get(NAME))?.value).toBe('mine');
});

test('a record copied to another place does not open', async () => {
  const vault = await openVault('copied');
  await vault.put(NAME, '4');
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('delos');
    request.onsuccess = () => resolve(request.result);
  });
  const store = db.transaction('records', 'readwrite').objectStore('records');
  await new Promise<void>((resolve) => {
    const cursor = store.openCursor(IDBKeyRange.bound(['copied'], ['copied', []]));
    cursor.onsuccess = () => {
      const [owner, kind, , hidden] = cursor.result?.key as string[];
      store.put(cursor.result?.value, [owner ?? '', kind ?? '', 's2', hidden ?? '']).onsuccess = () => resolve();
    };
  });
  db.close();
  expect(await vault.list('draft')).toHaveLength(1);
  expect(await vault.list('draft', 's2')).toEqual([]);
});

test('to leave the post throws the records and the key away', async () => {
  const vault = await openVault('leaving');
  await vault.put(NAME, 'x');
  await vault.put({ kind: 'event', group: 's1', id: 'k' }, 1);
  await vault.put({ kind: 'pack', group: '2027-05-21', id: 'day' }, {});
  expect(await unsent(['leaving'])).toBe(2);
  await wipe(['leaving']);
  expect(await unsent(['leaving'])).toBe(0);
  expect(await (await openVault('leaving')).list('pack')).toEqual([]);
});

test('two tabs that begin at once share a key', async () => {
  const [one, other] = await Promise.all([openVault('tabs'), openVault('tabs')]);
  await one.put(NAME, '2');
  expect((await other.get(NAME))?.value).toBe('2');
});
