// A commission's day in browsers: by the keyboard alone, without network, killed in mid-grid, with two members on one grid.
// What it shows is read back from the service, not from the screen that typed it.
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ARGUMENTS, browserProgram, launch, open } from './browser.mjs';
import { freePort, program, root, samples } from './house.mjs';
import { arrive, follow, press, reach, tick, type } from './keyboard.mjs';
import { expect, look, PASSWORD, skip, test } from './steps.mjs';

/** After the last day of the sample session's CCF, before the date of transmission. */
const AFTERWARDS = '2027-05-11T18:00:00+02:00';
const STEP = 30_000;
/** The grid of a page that is opened alone, under CPU ÷4 and 3.2 Mbit/s, is to be seen within this (screens.md §2.5). */
const SEEN = 600;

/** A demonstration, whose clock may be another's: it can be ended at once, and started again on the same data. */
export async function demonstration(regulation) {
  const data = mkdtempSync(join(tmpdir(), 'delos-exam-'));
  const port = await freePort();
  const base = `http://localhost:${port}`;
  let running = null;
  let ahead = 0;
  return {
    base,
    data,
    /** The time that the house lives at. */
    now: () => Date.now() + ahead,
    accounts: () => JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8')),
    async start(at = null) {
      const words = ['demo', '--data', data, '--samples', samples, '--regulation', regulation, '--listen', `127.0.0.1:${port}`, ...(at ? ['--at', at] : [])];
      running = spawn(program, words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DELOS_LOG__LEVEL: 'warn' } });
      ahead = at ? Date.parse(at) - Date.now() : 0;
      for (let tries = 0; !(await fetch(`${base}/readyz`).then(({ ok }) => ok, () => false)); tries += 1) {
        expect(tries < 1200 && running.exitCode === null && running.signalCode === null, 'the demonstration does not open');
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
    /** Ends it as a power cut would. */
    async cut() {
      if (!running || running.exitCode !== null || running.signalCode !== null) return;
      const over = once(running, 'exit');
      running.kill('SIGKILL');
      await over;
    },
    async end() {
      await this.cut();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The code that an application shows for a key of base 32 at a moment (RFC 6238). */
function code(key, at) {
  const bits = [...key.replace(/\s/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(at / STEP)));
  const hash = createHmac('sha1', secret).update(step).digest();
  return String((hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const keys = new Map();
const used = new Map();

/** A code that was not shown yet, waited for where the last is of this very step. */
async function fresh(page, house, login) {
  while (used.get(login) === Math.floor(house.now() / STEP) || STEP - (house.now() % STEP) < 4_000) await page.waitForTimeout(500);
  used.set(login, Math.floor(house.now() / STEP));
  return code(keys.get(login), house.now());
}

/** Signs in, shows a second factor (adds one the first time), and opens the day. */
export async function enter(page, house, login, day = null, path = day ? `/jour?jour=${day}` : '/jour') {
  const title = page.getByRole('heading', { level: 1 });
  if (!/connexion/.test(page.url())) await page.goto('/connexion');
  await arrive(page, 'Se connecter');
  await type(page, 'Adresse professionnelle', login);
  await type(page, 'Mot de passe', PASSWORD);
  await press(page, 'Se connecter');
  await title.filter({ hasNotText: 'Se connecter' }).waitFor();
  if (!page.url().includes(path.split('?')[0])) await page.goto(path);
  await title.filter({ hasText: /Mes passages|Bordereau|second facteur|Est-ce bien vous|n’est pas de ce jour/ }).or(page.locator('.g95')).first().waitFor();
  if ((await title.textContent()).includes('Ajouter un second facteur')) {
    keys.set(login, await page.locator('.cle').textContent());
    await type(page, 'Code de votre application', await fresh(page, house, login));
    await press(page, 'Ajouter ce second facteur');
    await arrive(page, 'Vos codes de secours');
    await press(page, 'J’ai mis ces codes de côté');
  }
  // A code whose half minute has just passed is refused: a person shows the next one.
  for (let tries = 0; tries < 3 && (await title.textContent()).includes('Est-ce bien vous'); tries += 1) {
    await type(page, 'Code de votre application', await fresh(page, house, login));
    await press(page, 'Continuer');
    await title.filter({ hasNotText: 'Est-ce bien vous' }).waitFor({ timeout: 8_000 }).catch(() => undefined);
  }
  await title.filter({ hasNotText: /second facteur|codes de secours|Est-ce bien vous/ }).first().waitFor();
}

/** What the service keeps of a sitting, asked from the page by the front's own document. */
async function kept(page, sitting) {
  const documents = JSON.parse(readFileSync(join(root, 'crates/gateway/schema/documents.staff.json'), 'utf8'));
  const [documentId] = Object.entries(documents).find(([, text]) => text.startsWith('query Assessment('));
  const { assessment } = await page.evaluate(
    async ([documentId, sitting]) => {
      const answer = await fetch('/graphql/staff', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Delos': '1' }, body: JSON.stringify({ documentId, variables: { sitting } }) });
      return (await answer.json()).data;
    },
    [documentId, sitting],
  );
  return { ...assessment, values: Object.fromEntries(assessment.fields.filter(({ value }) => value !== '').map(({ field, value }) => [field, value])) };
}

const sittingOf = (page) => new URL(page.url()).pathname.split('/')[2];
const saved = (page) => page.locator('.statut').filter({ hasText: /Enregistré à/ }).waitFor();
const levels = (values) => Object.keys(values).filter((field) => field.startsWith('level.')).length;

/** Opens the grid of the first candidate who fits, another than `but` where there is one; the focus is on its first line. */
export async function grid(page, day, option, but = null) {
  await page.goto(`/jour?jour=${day}`);
  await arrive(page, 'Mes passages');
  const rows = page.locator('table.large tbody tr').filter({ hasText: 'À évaluer' });
  const fit = /SISR|SLAM/.test(option) ? rows.filter({ hasText: option }) : rows;
  const others = but ? fit.filter({ hasNotText: but }) : fit;
  const row = ((await others.count()) ? others : fit).first();
  const name = (await row.locator('th a').textContent()).trim();
  await follow(page, name);
  await page.locator('.g95').waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('.g95 input'));
  return name;
}

/** A profile drawn at random, and typed. */
async function profile(page, lines = null) {
  const number = lines ?? (await page.locator('.g95 tr:has(input)').count());
  const typed = Array.from({ length: number }, () => String(Math.floor(Math.random() * 5)));
  for (const key of typed) await page.keyboard.press(key);
  return typed;
}

/** The whole of one candidate, by the keyboard alone: phases, grid, mark, appreciation, validation. */
async function one(page, day, option, but) {
  let name;
  await test(`${option}: the grid is typed in as many keys as it has lines`, async () => {
    name = await grid(page, day, option, but);
    const lines = await page.locator('.g95 tr:has(input)').count();
    const typed = await profile(page);
    expect(typed.length === lines, `${typed.length} keys for ${lines} lines`);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: /^Valider l’évaluation de/ }).waitFor();
    await saved(page);
    const { values } = await kept(page, sittingOf(page));
    const there = await page.locator('.g95 input:checked').evaluateAll((all) => all.map((one) => one.value));
    expect(there.join('') === typed.join(''), `typed ${typed.join('')}, shown ${there.join('')}`);
    expect(levels(values) === lines, `${levels(values)} of ${lines} lines are kept`);
    console.log(`${option}: ${lines} lines graded in ${typed.length + 1} keystrokes`);
  });
  await look(page, `grille ${option}`);
  await test(`${option}: a mark that is none is refused in words, and the former stays`, async () => {
    await press(page, 'Continuer d’écrire');
    await type(page, /^Note proposée/, '12,5,5');
    await page.keyboard.press('Tab');
    await page.getByText('Cette note n’est pas lisible.').waitFor();
    await type(page, /^Note proposée/, '13,5');
    await page.keyboard.press('Tab');
    await page.getByText(/13,5 → 14 au point supérieur/).waitFor();
    await saved(page);
    expect((await kept(page, sittingOf(page))).values.mark === '13,5', 'another mark is kept');
  });
  await test(`${option}: the appreciation is written, and the whole is validated`, async () => {
    const sitting = sittingOf(page);
    await follow(page, 'Appréciation et visas');
    await page.getByRole('heading', { level: 2, name: 'Appréciation' }).waitFor();
    const texts = page.getByLabel(/^Observations/);
    for (let place = 0; place < (await texts.count()); place += 1) {
      await texts.nth(place).evaluate((field) => field.focus());
      await page.keyboard.insertText('Le besoin est reformulé avec justesse.');
    }
    await type(page, /^Appréciation sur/, 'Bonne maîtrise d’ensemble ; ce qui n’a pas été montré n’est pas évalué.');
    if (await page.getByLabel('L’appréciation dit ce défaut de couverture.').count()) await tick(page, 'L’appréciation dit ce défaut de couverture.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Validée. Chaque membre peut viser.').waitFor();
    expect((await kept(page, sitting)).state === 'VALIDATED', 'it is not validated');
  });
  await look(page, `appréciation ${option}`);
  return name;
}

/** Both members put their visas; the last one locks. */
async function visas(first, second, option) {
  const path = new URL(first.url()).pathname + new URL(first.url()).search;
  await test(`${option}: each member puts his visa, and the last one locks`, async () => {
    await press(first, 'Viser');
    await first.getByText(/^Visé\. Il manque/).waitFor();
    await second.goto(path);
    await press(second, 'Viser');
    await second.getByText('Tous les visas sont donnés.').waitFor();
    expect((await kept(second, sittingOf(second))).state === 'VISAS_COMPLETE', 'a visa is missing');
  });
  await look(second, `visée ${option}`);
}

/** Asks one of the front's own documents from a page, as whoever is signed in there. */
async function asked(page, operation, variables) {
  const documents = JSON.parse(readFileSync(join(root, 'crates/gateway/schema/documents.staff.json'), 'utf8'));
  const [documentId] = Object.entries(documents).find(([, text]) => new RegExp(`^(query|mutation) ${operation}\\b`).test(text));
  const answer = await page.evaluate(
    async (body) => (await fetch('/graphql/staff', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Delos': '1' }, body: JSON.stringify(body) })).json(),
    { documentId, variables },
  );
  expect(!answer.errors, `${operation}: ${JSON.stringify(answer.errors)}`);
  return answer.data;
}

/** The events of a candidate as the service keeps them. */
async function eventsOf(page, day, name) {
  const { examDay } = await asked(page, 'ExamDay', { date: day });
  return examDay.commissions.flatMap(({ passages }) => passages).find(({ candidate }) => candidate.name === name).events;
}

/** The wrong candidate is begun, in the second environment, and everything of it is taken back; his name. */
async function mistaken(page, day) {
  const lane = page.locator('.couloirs section').nth(1);
  const name = (await lane.locator('.nom').textContent()).trim();
  const takeBack = async (code) => {
    await press(page, new RegExp(`^Annuler ?: ${code} commencé à .*, ${name}$`));
    await page.waitForFunction(() => document.activeElement?.textContent === 'Oui, annuler');
  };
  await test('a first interview is begun on the wrong candidate', async () => {
    for (const code of ['T', 'E1']) {
      await press(page, new RegExp(`^Démarrer ${code} ?: ${name}$`));
      const anyway = lane.getByRole('button', { name: 'Enregistrer quand même' });
      const begun = page.getByRole('button', { name: new RegExp(`^Annuler ?: ${code} commencé à .*, ${name}$`) });
      await anyway.or(begun).first().waitFor();
      if (await anyway.count()) await press(page, 'Enregistrer quand même');
      await begun.waitFor();
    }
    await saved(page);
    const events = await eventsOf(page, day, name);
    expect(events.map(({ phase, takenBack }) => `${phase} ${takenBack}`).join() === '0 false,1 false', JSON.stringify(events));
  });
  await test('without network, by the keyboard: asked once, kept by a second word, then taken back', async () => {
    await page.context().setOffline(true);
    await takeBack('E1');
    await press(page, 'Non, garder');
    await page.waitForFunction(() => document.activeElement?.textContent.startsWith('Annuler'));
    await takeBack('E1');
  });
  await look(page, 'un geste à annuler');
  await test('it leaves once the network is back, and stands in the history as taken back', async () => {
    await press(page, 'Oui, annuler');
    await page.getByText(/^Annulé\s: E1 commencé à/).waitFor();
    await page.locator('.statut').filter({ hasText: /Hors ligne/ }).waitFor();
    expect((await page.getByRole('button', { name: new RegExp(`^Démarrer E1 ?: ${name}$`) }).count()) === 1, 'the interview is still begun');
    await page.context().setOffline(false);
    await saved(page);
    await takeBack('T');
    await page.keyboard.press('Enter');
    await page.getByText(/^Annulé\s: T commencé à/).waitFor();
    await saved(page);
    const events = await eventsOf(page, day, name);
    expect(events.length === 2 && events.every(({ takenBack }) => takenBack), JSON.stringify(events));
  });
  return name;
}

/** The head of school: everybody else is declared absent, the assessed candidate is consigned, and the slip goes to the jury. */
async function transmitted(page, house, login, name, option, mistake) {
  await test(`${option}: the head of school reads what is missing, with a second factor`, async () => {
    await page.goto('/connexion');
    await enter(page, house, login, null, '/bordereau');
    await arrive(page, 'Bordereau récapitulatif');
    await page.getByText('La transmission s’ouvrira').or(page.getByRole('button', { name: /^Consigner/ })).first().waitFor();
  });
  await test(`${option}: everybody else of the school was absent`, async () => {
    const { dayDates } = await asked(page, 'DayDates', {});
    const absent = [];
    for (const { date } of dayDates) {
      const { day } = await asked(page, 'Day', { date });
      for (const line of day.lines.filter(({ candidate, recordable }) => candidate.form === 'CCF' && candidate.name !== name && recordable)) {
        const input = { sitting: line.id, kind: 'UNJUSTIFIED', confirmed: 'ABSENT' };
        const { recordAbsence } = await asked(page, 'RecordAbsence', { input });
        expect(recordAbsence.__typename === 'Done', JSON.stringify(recordAbsence));
        absent.push(line.candidate.name);
      }
    }
    // Whoever was begun by mistake among them.
    expect(mistake === null || absent.includes(mistake), `${mistake} is not absent: ${absent}`);
  });
  await test(`${option}: he consigns it, and sends the slip to the jury with the session's code`, async () => {
    await page.goto('/bordereau');
    await arrive(page, 'Bordereau récapitulatif');
    await press(page, /^Consigner 1 évaluation visée/);
    await page.getByText('Tout est complet').waitFor();
    await type(page, /^Pour confirmer, écrivez/, '2026');
    await press(page, /^Transmettre .* au jury$/);
    await page.getByRole('alert').or(page.locator('.avis.faute')).first().waitFor();
    await type(page, /^Pour confirmer, écrivez/, '2027');
    await press(page, /^Transmettre .* au jury$/);
    await page.getByText(/^Le jury a tout reçu le/).waitFor();
  });
  await look(page, `bordereau transmis, ${option}`);
}

/** Two members on one line: both values side by side, and one chosen. */
async function together(first, second, day, option) {
  await test('two members on two lines do not disturb each other; on one line, both values stand side by side', async () => {
    await grid(first, day, option);
    const sitting = sittingOf(first);
    await second.goto(new URL(first.url()).pathname + new URL(first.url()).search + '#lignes');
    await second.locator('.g95').waitFor();
    await second.waitForFunction(() => document.activeElement?.matches('.g95 input'));
    await first.keyboard.press('3');
    await saved(first);
    // The second has not seen it: his post has not looked again yet.
    await second.route('**/graphql/staff/live', (route) => route.abort());
    await second.keyboard.press('1');
    await second.keyboard.press('2');
    await second.getByRole('heading', { name: '1 saisie en désaccord' }).waitFor();
    await look(second, 'désaccord');
    await press(second, /^Garder la mienne/);
    await saved(second);
    const { values } = await kept(second, sitting);
    expect(Object.values(values).sort().join('') === '12', `kept: ${JSON.stringify(values)}`);
    await first.locator('.g95 .presence').first().waitFor({ timeout: 20_000 });
  });
}

/** Killed in mid-grid without network, opened again without network, sent once when the network is back. */
async function killed(house, login, day, at) {
  const profileFolder = mkdtempSync(join(tmpdir(), 'delos-killed-'));
  const port = await freePort();
  /** A browser of its own process, so that it can be killed like any other. */
  async function born() {
    const child = spawn(browserProgram(), [...ARGUMENTS, '--headless=new', `--remote-debugging-port=${port}`, `--user-data-dir=${profileFolder}`, 'about:blank'], { stdio: 'ignore', detached: true, env: { ...process.env, LANGUAGE: 'fr' } });
    for (let tries = 0; !(await fetch(`http://127.0.0.1:${port}/json/version`).then(({ ok }) => ok, () => false)); tries += 1) {
      expect(tries < 100, 'the browser does not open');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const page = await browser.contexts()[0].newPage();
    const go = page.goto.bind(page);
    page.goto = (path, ...rest) => go(path.startsWith('/') ? house.base + path : path, ...rest);
    page.setDefaultTimeout(20_000);
    return { page, kill: () => process.kill(-child.pid, 'SIGKILL') };
  }
  let browser = await born();
  let sitting;
  let typed;
  let already;
  try {
    await test('the day is prepared to be opened without network', async () => {
      await enter(browser.page, house, login, day);
      await arrive(browser.page, 'Mes passages');
      await press(browser.page, 'Préparer le hors ligne');
      await browser.page.getByText(/^Prêt depuis/).waitFor();
    });
    await test('with the network cut, what is typed is kept on the post', async () => {
      await grid(browser.page, day, '');
      sitting = sittingOf(browser.page);
      already = await browser.page.locator('.g95 input:checked').count();
      const before = await profile(browser.page, 4);
      await saved(browser.page);
      await house.cut();
      const after = await profile(browser.page, 5);
      typed = [...before, ...after];
      await browser.page.locator('.statut').filter({ hasText: /Hors ligne/ }).waitFor();
      await type(browser.page, /^Note proposée/, '11,75');
      await browser.page.keyboard.press('Tab');
      await browser.page.getByText(/11,75 → 12 au point supérieur/).waitFor();
      await browser.page.waitForTimeout(300);
    });
    await test('killed, and opened again before the network comes back, it shows every value', async () => {
      browser.kill();
      await new Promise((resolve) => setTimeout(resolve, 500));
      rmSync(join(profileFolder, 'SingletonLock'), { force: true });
      browser = await born();
      await browser.page.goto(`/jour/${sitting}?jour=${day}`);
      await browser.page.locator('.g95 input:checked').nth(already + typed.length - 1).waitFor();
      const shown = await browser.page.locator('.g95 input:checked').evaluateAll((all) => all.map((one) => one.value));
      expect(shown.slice(already).join('') === typed.join(''), `typed ${typed.join('')}, shown ${shown.join('')}`);
      expect((await browser.page.getByLabel(/^Note proposée/).inputValue()) === '11,75', 'the mark is lost');
    });
    await test('once the network is back, everything is sent, once', async () => {
      // Later the same day: a code that was shown serves no more.
      await house.start(at.replace('T07', 'T10'));
      const saves = [];
      browser.page.on('request', (request) => request.postData()?.includes('"entries"') && saves.push(request.postData()));
      await browser.page.evaluate(() => window.dispatchEvent(new Event('online')));
      await browser.page.waitForFunction(() => !document.querySelector('.statut')?.textContent.includes('Hors ligne'), null, { timeout: 70_000 });
      // A session that ended meanwhile asks to sign in again, and loses nothing.
      const door = browser.page.getByRole('heading', { level: 1, name: /Se connecter|Est-ce bien vous/ });
      for (let tries = 0; tries < 3; tries += 1) {
        await browser.page.goto(`/jour/${sitting}?jour=${day}`);
        await browser.page.locator('.g95').or(door).first().waitFor();
        // The door may come a moment after the page that is kept on the post.
        await browser.page.waitForTimeout(1_500);
        if (!(await door.count())) break;
        await enter(browser.page, house, login, day);
      }
      await browser.page.locator('.g95').waitFor();
      await browser.page.waitForFunction(() => /À jour|Enregistré/.test(document.querySelector('.statut')?.textContent ?? ''));
      const { values } = await kept(browser.page, sitting);
      expect(values.mark === '11,75', `the mark kept is ${values.mark}`);
      expect(levels(values) === already + typed.length, `${levels(values)} of ${already + typed.length} lines are kept`);
      const sent = saves.map((body) => JSON.parse(body).variables.input).filter((input) => input.entries);
      // Asked again under the same key until it is answered: the service does each key once.
      const keysOf = new Map();
      for (const { key, entries } of sent) for (const { field } of entries) keysOf.set(field, (keysOf.get(field) ?? new Set()).add(key));
      for (const [field, all] of keysOf) expect(all.size === 1, `${field} is sent under ${all.size} keys`);
    });
  } finally {
    browser.kill();
    rmSync(profileFolder, { recursive: true, force: true });
  }
}

/** How long a page that is opened alone takes to show the grid on a slow post. */
async function speed(page, day) {
  await grid(page, day, '');
  const path = new URL(page.url()).pathname + new URL(page.url()).search;
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: 400_000, uploadThroughput: 400_000 });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (window.seen === undefined && document.querySelector('.g95 input')) requestAnimationFrame(() => (window.seen ??= performance.now()));
    }).observe(document, { childList: true, subtree: true });
  });
  const times = [];
  for (let turn = 0; turn < 5; turn += 1) {
    await page.goto(path, { waitUntil: 'commit' });
    await page.waitForFunction(() => window.seen > 0);
    times.push(await page.evaluate(() => Math.round(window.seen)));
  }
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await session.detach();
  times.sort((a, b) => a - b);
  console.log(`grid seen after ${times[2]} ms (median of ${times.join(', ')}), CPU ÷4, 3.2 Mbit/s; wanted ${SEEN} ms`);
}

/** The head of school under whom an examiner stands in the list of accounts. */
function headOf(house, login) {
  const accounts = house.accounts();
  const before = accounts.slice(0, accounts.findIndex((one) => one.login === login));
  return before.findLast(({ role }) => role.startsWith('chef')).login;
}

/** The first day of the commission, asked of the page. */
export async function firstDay(page, house, login) {
  await enter(page, house, login);
  await arrive(page, 'Mes passages');
  const choice = page.getByLabel('Choisir un jour');
  const link = await page.locator('table.large tbody th a').first().getAttribute('href');
  return (await choice.count()) ? choice.inputValue() : new URL(link, house.base).searchParams.get('jour');
}

/** The options of the candidates of a day, as its page shows them. */
async function optionsOf(page) {
  const rows = await page.locator('table.large tbody th .note').allTextContents();
  return ['SISR', 'SLAM'].filter((option) => rows.some((text) => text.includes(option)));
}

export async function exam() {
  await regulation('bts-sio-2024-e5', ['SISR', 'SLAM']);
  // Another course, one grid for two options, other penalties: no other code.
  await regulation('bts-sio-2026-e5-support', ['Support']);
}

/** The days of a regulation's candidates: one of each option, or one alone where the grid is the same for all. */
async function regulation(id, wanted) {
  const house = await demonstration(id);
  const browser = await launch();
  const person = async () => {
    const { page } = await open(browser, house.base);
    page.setDefaultTimeout(20_000);
    return page;
  };
  try {
    await house.start();
    const logins = house.accounts().filter(({ role }) => role.startsWith('examinateur')).map((one) => one.login);
    const seen = new Set();
    for (const [place, pair] of [logins.slice(0, 2), logins.slice(2, 4)].entries()) {
      const [login, other] = pair;
      let day;
      const ended = [];
      let mistake = null;
      const asking = await person();
      await test(`commission ${place + 1}: a member enters with a second factor and reads his day`, async () => (day = await firstDay(asking, house, login)));
      await asking.context().close();
      await house.cut();
      // The day itself, before anybody sits.
      const at = `${day}T07:30:00+02:00`;
      await house.start(at);
      const [first, second] = [await person(), await person()];
      await test('both members are there on the day', async () => {
        await enter(first, house, login, day);
        await enter(second, house, other, day);
        await arrive(first, 'Mes passages');
      });
      await look(first, `jour, commission ${place + 1}`);
      await test('a phase is begun by one key, and its hour is kept', async () => {
        await first.locator('.ile .b.p').evaluate((button) => button.focus());
        await first.keyboard.press('Enter');
        const anyway = first.getByRole('button', { name: 'Enregistrer quand même' });
        await anyway.or(first.locator('.couloirs .e-cours')).first().waitFor();
        if (await anyway.count()) await press(first, 'Enregistrer quand même');
        await first.locator('.couloirs .e-cours').first().waitFor();
        await saved(first);
      });
      if (place === 0 && wanted.length > 1) mistake = await mistaken(first, day);
      for (const option of wanted.length > 1 ? await optionsOf(first) : wanted) {
        if (seen.has(option)) continue;
        seen.add(option);
        const name = await one(first, day, option, mistake);
        await visas(first, second, option);
        ended.push({ option, name });
      }
      if (place === 0 && wanted.length > 1) {
        await together(first, second, day, '');
        await speed(first, day);
        await killed(house, login, day, at);
      }
      // Once every day of the period is over, and before the authority's date.
      await house.cut();
      await house.start(AFTERWARDS);
      if (ended.some(({ name }) => name === mistake)) {
        skip(`the absence of ${mistake}, who was begun by mistake`, 'nobody else of his option sits that day: he was assessed');
        mistake = null;
      }
      for (const { option, name } of ended) {
        const head = await person();
        await transmitted(head, house, headOf(house, login), name, option, mistake);
        mistake = null;
        await head.context().close();
      }
      if (wanted.every((option) => seen.has(option))) break;
      await house.cut();
      await house.start();
    }
    for (const option of wanted) if (!seen.has(option)) skip(`the day of a candidate of ${option}`, 'no member of his commission has an account in the demonstration');
  } catch (error) {
    console.error(error);
  } finally {
    await browser.close();
    await house.end();
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { counts } = await import('./steps.mjs');
  await exam();
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exitCode = counts.failed ? 1 : 0;
}
