// Two browsers on two gateways: what one does, the other sees; and when Redis is stopped, by its own look.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, open } from './browser.mjs';
import { freePort, mailTo, program, relay, samples } from './house.mjs';
import { arrive, follow } from './keyboard.mjs';
import { createAccount, enter, expect, look, skip, test } from './steps.mjs';

/** A change is seen elsewhere within this when Redis answers. */
const SOON = 2_000;
/** The page's own period (PERIOD of web/src/kit/live.ts), and what reading and drawing may take. */
const PERIOD = 15_000;
const SLACK = 2_000;

/** Runs something of ours until it is killed. */
function run(command, words, env = {}) {
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } });
  return { child, kill: (signal = 'SIGKILL') => child.exitCode === null && child.kill(signal) };
}

async function until(what, right, limit = 15_000) {
  const begun = performance.now();
  while (!(await right())) {
    if (performance.now() - begun > limit) throw new Error(`${what}: not within ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const answers = (base) => fetch(`${base}/readyz`).then((answer) => answer.ok, () => false);

/** A house on PostgreSQL: two gateways, a worker, a Redis that can be stopped. */
async function lay() {
  const data = mkdtempSync(join(tmpdir(), 'delos-live-'));
  const server = process.env.DELOS_TEST_POSTGRES;
  const name = `delos_live_${process.pid}`;
  execFileSync('psql', [server, '--quiet', '--command', `create database ${name}`], { stdio: 'inherit' });
  const database = server.replace(/\/[^/]*$/, `/${name}`);
  const said = execFileSync(
    program,
    ['init', '--data', data, '--database', database, '--admin-email', 'admin@delos.example', '--session', '2027', '--regulation', 'bts-sio-2024-e5'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  execFileSync(program, ['session', 'set', join(samples, 'session-2027.toml'), '--session', '2027', '--data', data], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [first, second, port] = [await freePort(), await freePort(), await freePort()];
  const post = await relay(join(data, 'mail'), []);
  const env = { DELOS_LOG__LEVEL: 'error', DELOS_REDIS__URL: `redis://127.0.0.1:${port}`, DELOS_MAIL__RELAY: `smtp://127.0.0.1:${post.port}`, DELOS_MAIL__TLS: 'none' };
  const begin = () => run(process.env.DELOS_TEST_REDIS_SERVER, ['--port', String(port), '--save', '', '--appendonly', 'no', '--dir', data]);
  const serve = (at) => run(program, ['serve', '--no-worker', '--development', '--data', data, '--listen', `127.0.0.1:${at}`], env);
  const house = {
    data,
    link: /premier-acces#\S+/.exec(said)[0],
    bases: [first, second].map((at) => `http://localhost:${at}`),
    redis: begin(),
    begin() {
      house.redis = begin();
    },
    processes: [serve(first), serve(second), run(program, ['worker', '--data', data], env)],
    end() {
      for (const one of [...house.processes, house.redis]) one.kill();
      post.end();
      rmSync(data, { recursive: true, force: true });
    },
  };
  for (const base of house.bases) await until(base, () => answers(base));
  return house;
}

/** How long until the row of an address stands in the outbox that a page shows. */
async function seen(page, address, limit) {
  const begun = performance.now();
  await page.getByText(address).first().waitFor({ timeout: limit });
  return Math.round(performance.now() - begun);
}

export async function live() {
  if (!process.env.DELOS_TEST_POSTGRES || !process.env.DELOS_TEST_REDIS_SERVER || !process.env.DELOS_TEST_SMTP_RELAY) {
    skip('two browsers on two gateways', 'no PostgreSQL, no Redis or no SMTP relay');
    return;
  }
  const house = await lay();
  const browser = await launch();
  try {
    const person = async (base) => (await open(browser, base)).page;
    const [admin, officer] = [await person(house.bases[0]), await person(house.bases[1])];
    for (const page of [admin, officer]) page.setDefaultTimeout(20_000);
    const account = (email) => createAccount(admin, { role: 'Gestionnaire', family: 'Villedieu', given: 'Hortense', email, perimeter: 'Dijon' });
    await test('one gateway: the administrator gives an authority its officer', async () => {
      await enter(admin, house.link);
      await account('dec@dijon.example');
    });
    await test('the other gateway: the officer enters, and opens her outbox', async () => {
      await enter(officer, /premier-acces#\S+/.exec(await mailTo(house, 'dec@dijon.example'))[0]);
      await follow(officer, 'Boîte d’envoi');
      await arrive(officer, 'Boîte d’envoi');
      await officer.getByText('dec@dijon.example').first().waitFor();
    });
    await test('what one does is seen by the other within two seconds', async () => {
      await account('un@dijon.example');
      const took = await seen(officer, 'un@dijon.example', PERIOD);
      console.log(`seen on the other gateway after ${took} ms, with Redis`);
      expect(took < SOON, `seen after ${took} ms`);
    });
    await test('with Redis stopped, within the period of the page', async () => {
      house.redis.kill();
      await account('deux@dijon.example');
      const took = await seen(officer, 'deux@dijon.example', PERIOD + SLACK);
      console.log(`seen on the other gateway after ${took} ms, without Redis`);
    });
    await test('with Redis back, within two seconds again', async () => {
      house.begin();
      // Both gateways listen again a moment after it is there.
      await officer.waitForTimeout(5_000);
      await account('trois@dijon.example');
      const took = await seen(officer, 'trois@dijon.example', PERIOD);
      console.log(`seen on the other gateway after ${took} ms, with Redis back`);
      expect(took < SOON, `seen after ${took} ms`);
    });
    await test('she reads how the mail service is', async () => {
      await follow(officer, 'Le courrier');
      await arrive(officer, 'Le courrier');
      await officer.getByText('Le service d’envoi est en marche.').waitFor();
    });
    await look(officer, 'le courrier');
    await test('the administrator reads it too, authority by authority', async () => {
      await follow(admin, 'Le courrier');
      await arrive(admin, 'Le courrier');
      await admin.getByRole('heading', { name: 'Par autorité' }).waitFor();
    });
    await look(admin, 'le courrier, administrateur');
  } catch {
    // Said and counted where it happened.
  } finally {
    await browser.close();
    house.end();
  }
}
