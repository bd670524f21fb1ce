import { afterEach, expect, test, vi } from 'vitest';
import { Failure, get, post, whenFactorNeeded, whenSignedOut } from './http.ts';

const answering = (status: number, body: string) => vi.stubGlobal('fetch', vi.fn(async () => new Response(body, { status })));
const failing = (asked: Promise<unknown>): Promise<Failure> => asked.then(() => expect.unreachable('it did not fail'), (error: unknown) => error as Failure);
afterEach(() => vi.unstubAllGlobals());

test('an answer is given as it is', async () => {
  answering(200, '{"kind":"staff"}');
  expect(await get('/auth/whoami')).toEqual({ kind: 'staff' });
});

test('whatever changes something bears our header', async () => {
  answering(200, '{}');
  await post('/auth/sign-out', {});
  const [, init] = vi.mocked(fetch).mock.calls[0] ?? [];
  expect(init?.headers).toMatchObject({ 'X-Delos': '1' });
});

test('a refusal keeps its code, its facts and the number to quote', async () => {
  answering(422, '{"code":"password_too_short","facts":{"least":"12"},"request":"A1"}');
  expect(await failing(post('/auth/first-access', {}))).toMatchObject({ status: 422, code: 'password_too_short', facts: { least: '12' }, request: 'A1' });
});

test('what cannot be read, or does not come, is said in words', async () => {
  answering(502, '<html>');
  expect((await failing(get('/'))).message).toContain('pas lisible');
  vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('no network'))));
  expect(await failing(get('/'))).toMatchObject({ code: 'offline' });
});

test('an ended session is told once to whoever asked', async () => {
  const told = vi.fn();
  whenSignedOut(told);
  answering(401, '{"code":"signed_out"}');
  await failing(get('/graphql/staff'));
  expect(told).toHaveBeenCalledOnce();
});

test('whoever must show a second factor is sent to it, and whoever asked still fails', async () => {
  const told = vi.fn();
  whenFactorNeeded(told);
  answering(403, '{"code":"forbidden"}');
  await failing(get('/'));
  expect(told).not.toHaveBeenCalled();
  answering(403, '{"code":"second_factor_needed"}');
  expect(await failing(post('/auth/second-factor/recovery-codes', {}))).toMatchObject({ status: 403 });
  expect(told).toHaveBeenCalledOnce();
});
