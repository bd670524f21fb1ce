import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { Drafts } from './drafts.ts';
import { Sender, type Api, type Kept, type Saved } from './sender.ts';
import { openVault } from './vault.ts';

type Entry = { field: string; value: string; base: number };
type Call = { sitting: string; key: string; entries: Entry[] };

/** A service that keeps assessments as the contract says: one value a field, by whom, since which version. */
class Service {
  version = 1;
  fields = new Map<string, { value: string; by: string; version: number }>();
  calls: Call[] = [];
  done = new Map<string, Saved<Kept>>();
  events: string[] = [];
  atOnce = 0;
  most = 0;
  /** What happens to the next answers: lost on their way, or a failure instead. */
  fate: ('lost' | 'offline' | 'signed_out' | 'not_found' | 'locked')[] = [];
  gate: Promise<void> = Promise.resolve();

  write(field: string, value: string, by: string): void {
    this.version += 1;
    this.fields.set(field, { value, by, version: this.version });
  }

  shown(by: string): Kept {
    return { version: this.version, fields: [...this.fields].map(([field, one]) => ({ field, value: one.value, mine: one.by === by })) };
  }

  as(by: string): Api<Kept, string> {
    return {
      save: async (sitting, key, entries) => {
        this.atOnce += 1;
        this.most = Math.max(this.most, this.atOnce);
        try {
          this.calls.push({ sitting, key, entries });
          await this.gate;
          await new Promise((resolve) => setTimeout(resolve, 1));
          const fate = this.fate.shift();
          if (fate === 'offline' || fate === 'signed_out' || fate === 'not_found') throw Object.assign(new Error(fate), { code: fate });
          if (fate === 'locked') return { refusal: { code: 'assessment_already_validated', facts: [] } };
          const answer = this.done.get(key) ?? this.take(entries, by);
          this.done.set(key, answer);
          if (fate === 'lost') throw Object.assign(new Error('lost'), { code: 'offline' });
          return answer;
        } finally {
          this.atOnce -= 1;
        }
      },
      record: async (_, events) => {
        if (this.fate.shift() === 'offline') throw Object.assign(new Error('offline'), { code: 'offline' });
        for (const event of events) if (!this.events.includes(event.key)) this.events.push(event.key);
        const refusal = { code: 'phase_begun', facts: [] };
        return { events: [...this.events], answers: events.map(({ key, phase }) => ({ key, refusal: phase === 9 ? refusal : null })) };
      },
    };
  }

  private take(entries: Entry[], by: string): Saved<Kept> {
    const answers = entries.map(({ field, value, base }) => {
      if (field === 'mark' && value === '12,5,5') return { field, outcome: 'REFUSED' as const, refusal: { code: 'mark_unreadable', facts: [] } };
      const there = this.fields.get(field);
      if (there && there.version > base && there.value !== value) return { field, outcome: 'CONFLICT' as const, refusal: null };
      if (there?.value !== value) this.write(field, value, by);
      return { field, outcome: 'SAVED' as const, refusal: null };
    });
    return { assessment: this.shown(by), entries: answers };
  }
}

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** One tab of a person: what he typed last stands in `retry`, to be fired by hand. */
async function tab(service: Service, owner: string, { mine = () => true, alone }: { mine?: () => boolean; alone?: (act: () => Promise<void>) => Promise<void> } = {}) {
  const drafts = new Drafts(await openVault(owner));
  await drafts.load();
  let retry: (() => void) | null = null;
  const lost = vi.fn();
  const sender = new Sender<Kept, string>({
    drafts, api: service.as(owner), mine, lost, alone: alone ?? ((act) => act()),
    later: (act) => {
      retry = act;
      return () => (retry = null);
    },
  });
  open.push(sender, drafts);
  return {
    drafts, sender, lost,
    type: async (field: string, value: string, base: number) => {
      await drafts.put('s1', field, value, base);
      sender.wake();
    },
    retry: () => retry?.(),
    calm: () => vi.waitFor(() => {
      if (sender.state === 'sending' || drafts.writing) throw new Error('busy');
    }),
  };
}

const sent = (service: Service): string[] => service.calls.map(({ key }) => key);

test('twenty fast keys: one request at a time, and few of them', async () => {
  const service = new Service();
  const { type, drafts, calm } = await tab(service, 'fast');
  await Promise.all(Array.from({ length: 20 }, (_, i) => type(`level.C${i}`, String(i % 5), 1)));
  await vi.waitFor(() => expect(drafts.count).toBe(0));
  await calm();
  expect(service.most).toBe(1);
  expect(service.calls.length).toBeLessThanOrEqual(21);
  expect(service.fields.size).toBe(20);
  expect(service.fields.get('level.C7')?.value).toBe('2');
});

test('a lost answer sends the same key and the same entries again, though something was typed since', async () => {
  const service = new Service();
  service.fate = ['lost'];
  const { type, drafts, sender, retry, calm } = await tab(service, 'lost');
  await type('level.C1', '3', 1);
  await vi.waitFor(() => expect(sender.state).toBe('offline'));
  await drafts.put('s1', 'level.C1', '4', 1);
  await drafts.put('s1', 'level.C2', '2', 1);
  retry();
  await vi.waitFor(() => expect(drafts.count).toBe(0));
  await calm();
  const [first, second, third] = service.calls;
  expect(second).toEqual(first);
  expect(third?.key).not.toBe(first?.key);
  expect(third?.entries.map(({ field, value }) => [field, value])).toEqual([['level.C1', '4'], ['level.C2', '2']]);
  expect([...service.fields].map(([field, { value }]) => [field, value])).toEqual([['level.C1', '4'], ['level.C2', '2']]);
});

test('an ended session keeps everything, and what is typed afterwards too', async () => {
  const service = new Service();
  service.fate = ['signed_out'];
  const one = await tab(service, 'ended');
  await one.type('level.C1', '3', 1);
  await vi.waitFor(() => expect(one.sender.state).toBe('signed_out'));
  await one.drafts.put('s1', 'level.C2', '1', 1);
  expect(one.drafts.count).toBe(2);
  one.sender.close();
  const again = await tab(service, 'ended');
  expect(again.drafts.count).toBe(2);
  again.sender.wake();
  await vi.waitFor(() => expect(again.drafts.count).toBe(0));
  expect(service.fields.get('level.C1')?.value).toBe('3');
});

test('killed between the keeping and the sending: sent once after reopening', async () => {
  const service = new Service();
  const killed = await tab(service, 'killed');
  await killed.drafts.put('s1', 'level.C1', '3', 1);
  killed.sender.close();
  const again = await tab(service, 'killed');
  again.sender.wake();
  await vi.waitFor(() => expect(again.drafts.count).toBe(0));
  await again.calm();
  expect(service.calls).toHaveLength(1);
});

test('killed between the sending and the answer: the same batch again, and done once', async () => {
  const service = new Service();
  service.fate = ['lost'];
  const killed = await tab(service, 'killed twice');
  await killed.type('level.C1', '3', 1);
  await vi.waitFor(() => expect(killed.sender.state).toBe('offline'));
  killed.sender.close();
  const again = await tab(service, 'killed twice');
  again.sender.wake();
  await vi.waitFor(() => expect(again.drafts.count).toBe(0));
  expect(new Set(sent(service)).size).toBe(1);
  expect(service.version).toBe(2);
});

test('two tabs do not send the same', async () => {
  const service = new Service();
  let last: Promise<void> = Promise.resolve();
  const alone = (act: () => Promise<void>): Promise<void> => {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  };
  const [one, other] = [await tab(service, 'tabs', { alone }), await tab(service, 'tabs', { alone })];
  await Promise.all([one.type('level.C1', '1', 1), other.type('level.C2', '2', 1)]);
  await vi.waitFor(async () => expect(await (await openVault('tabs')).list('draft')).toEqual([]));
  await Promise.all([one.calm(), other.calm()]);
  expect(service.most).toBe(1);
  const entries = service.calls.flatMap((call) => call.entries.map(({ field }) => field));
  expect(entries.sort()).toEqual(['level.C1', 'level.C2']);
});

test('nothing is sent once the post is another’s', async () => {
  const service = new Service();
  let mine = true;
  const one = await tab(service, 'former', { mine: () => mine });
  mine = false;
  await one.type('level.C1', '3', 1);
  await vi.waitFor(() => expect(one.sender.state).toBe('signed_out'));
  expect(service.calls).toEqual([]);
  expect(one.drafts.count).toBe(1);
});

test('what another typed since is a conflict, though the post has read it and the person typed again', async () => {
  const service = new Service();
  service.fate = ['offline'];
  const one = await tab(service, 'seen');
  await one.type('level.C1', '3', service.version);
  await vi.waitFor(() => expect(one.sender.state).toBe('offline'));
  service.write('level.C1', '1', 'other');
  // The screen has read version 2 by now; it shows the draft, and the person types over it.
  await one.drafts.put('s1', 'level.C1', '4', service.version);
  one.retry();
  await vi.waitFor(() => expect(one.drafts.get('s1', 'level.C1')?.held?.why).toBe('conflict'));
  expect(service.fields.get('level.C1')?.value).toBe('1');
  // A third value arrives after the two were shown side by side: insisting is another conflict.
  const shown = service.version;
  service.write('level.C1', '2', 'other');
  await one.drafts.insist('s1', 'level.C1', shown);
  one.sender.wake();
  await vi.waitFor(() => expect(one.drafts.get('s1', 'level.C1')?.held?.why).toBe('conflict'));
  expect(service.fields.get('level.C1')?.value).toBe('2');
  await one.drafts.insist('s1', 'level.C1', service.version);
  one.sender.wake();
  await vi.waitFor(() => expect(one.drafts.count).toBe(0));
  expect(service.fields.get('level.C1')).toMatchObject({ value: '4', by: 'seen' });
});

test('what is typed during the flight is over one’s own value, and yet sees another’s of after', async () => {
  const service = new Service();
  const one = await tab(service, 'flight');
  let let_go = (): void => {};
  service.gate = new Promise((resolve) => (let_go = resolve));
  await one.type('level.C1', '3', 1);
  await vi.waitFor(() => expect(service.calls).toHaveLength(1));
  await one.drafts.put('s1', 'level.C1', '4', 1);
  service.gate = Promise.resolve();
  let_go();
  await vi.waitFor(() => expect(one.drafts.count).toBe(0));
  expect(service.calls.at(-1)?.entries).toEqual([{ field: 'level.C1', value: '4', base: 2 }]);
  expect(service.fields.get('level.C1')?.value).toBe('4');
});

test('typing the same field again and again, whatever the answers do meanwhile, is no conflict with oneself', async () => {
  const service = new Service();
  const one = await tab(service, 'hasty');
  for (let turn = 0; turn < 40; turn += 1) {
    void one.type('mark', String(turn % 20), service.version);
    if (turn % 3 === 0) await new Promise((resolve) => setTimeout(resolve, turn % 5));
  }
  await vi.waitFor(() => expect(one.drafts.count).toBe(0));
  await one.calm();
  expect(service.fields.get('mark')?.value).toBe('19');
});

test('an answer that shows another’s value moves no base', async () => {
  const service = new Service();
  const one = await tab(service, 'raced');
  let let_go = (): void => {};
  service.gate = new Promise((resolve) => (let_go = resolve));
  const api = service.as('raced');
  await one.type('level.C1', '3', 1);
  await vi.waitFor(() => expect(service.calls).toHaveLength(1));
  await one.drafts.put('s1', 'level.C1', '4', 1);
  // The service takes « 3 », another writes « 1 », and only then is the answer read.
  const { key, entries } = service.calls[0] as Call;
  service.gate = Promise.resolve();
  await api.save('s1', key, entries);
  service.write('level.C1', '1', 'other');
  service.done.set(key, { assessment: service.shown('raced'), entries: [{ field: 'level.C1', outcome: 'SAVED', refusal: null }] });
  let_go();
  await vi.waitFor(() => expect(one.drafts.get('s1', 'level.C1')?.held?.why).toBe('conflict'));
  expect(service.fields.get('level.C1')?.value).toBe('1');
});

test('a value that the service refuses is kept beside its reason, and alone', async () => {
  const service = new Service();
  const one = await tab(service, 'refused');
  await Promise.all([one.type('mark', '12,5,5', 1), one.type('level.C1', '3', 1)]);
  await vi.waitFor(() => expect(one.drafts.count).toBe(1));
  await vi.waitFor(() => expect(one.drafts.get('s1', 'mark')?.held).toMatchObject({ why: 'refused', code: 'mark_unreadable' }));
  await one.type('mark', '12,5', 1);
  await vi.waitFor(() => expect(one.drafts.count).toBe(0));
  expect(service.fields.get('mark')?.value).toBe('12,5');
});

test('a locked assessment takes nothing, and loses nothing', async () => {
  const service = new Service();
  service.fate = ['locked'];
  const one = await tab(service, 'locked');
  await one.type('level.C1', '3', 1);
  await vi.waitFor(() => expect(one.drafts.get('s1', 'level.C1')?.held).toMatchObject({ why: 'refused', code: 'assessment_already_validated' }));
  await one.drafts.retry('s1');
  one.sender.wake();
  await vi.waitFor(() => expect(one.drafts.count).toBe(0));
});

test('starts and stops leave in their order, once, and a refused one is told', async () => {
  const service = new Service();
  service.fate = ['offline'];
  const one = await tab(service, 'phases');
  await one.drafts.record('s1', { key: 'b', phase: 1, act: 'START', at: '2027-05-21T10:20:00' });
  await one.drafts.record('s1', { key: 'a', phase: 1, act: 'STOP', at: '2027-05-21T10:20:00' });
  await one.drafts.record('s1', { key: 'c', phase: 9, act: 'START', at: '2027-05-21T10:40:00' });
  one.sender.wake();
  await vi.waitFor(() => expect(one.sender.state).toBe('offline'));
  one.retry();
  await vi.waitFor(() => expect(one.drafts.count).toBe(0));
  expect(service.events).toEqual(['b', 'a', 'c']);
  expect(one.lost).toHaveBeenCalledOnce();
});

test('a gesture and its taking back leave together, after each other', async () => {
  const service = new Service();
  const api = service.as('mistake');
  const record = vi.fn(api.record);
  service.as = () => ({ ...api, record });
  const one = await tab(service, 'mistake');
  const at = '2027-05-21T10:20:00';
  await one.drafts.record('s1', { key: 'e', phase: 1, act: 'START', at });
  await one.drafts.record('s1', { key: 'w', phase: 1, act: 'START', at, takesBack: 'e' });
  one.sender.wake();
  await vi.waitFor(() => expect(record).toHaveBeenCalledOnce());
  expect(record.mock.calls[0]?.[1]).toEqual([{ key: 'e', phase: 1, act: 'START', at }, { key: 'w', phase: 1, act: 'START', at, takesBack: 'e' }]);
});
