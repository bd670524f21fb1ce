// Both doors in a browser, by the keyboard alone; axe on every screen, light and dark, wide and narrow.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { absences, absentee } from './absences.mjs';
import { authority } from './authority.mjs';
import { launch, open } from './browser.mjs';
import { lay, mailTo, mails, ofAcademy, refused, samples } from './house.mjs';
import { arrive, choose, follow, press, type } from './keyboard.mjs';
import { live } from './live.mjs';
import { refusals } from './refusals.mjs';
import { secondFactor } from './second_factor.mjs';
import { check, counts, createAccount, enter, expect, look, PASSWORD, section, skip, test } from './steps.mjs';

const house = await lay({ refuse: [refused] });
const browser = await launch();
const faults = [];
async function person() {
  const opened = await open(browser, house.base);
  opened.page.setDefaultTimeout(15_000);
  faults.push(opened.said);
  return opened.page;
}

try {
  const admin = await person();
  await test('the administrator enters by his one-time link', () => enter(admin, house.link));
  await look(admin, 'À faire, administrateur');
  await test('he reads the dates of the session', async () => {
    await follow(admin, 'Session');
    await arrive(admin, 'Session 2027');
    expect((await admin.getByLabel('Transmission au jury').inputValue()) === '2027-05-28', 'the date of transmission is another');
  });
  await look(admin, 'session');
  await test('a period that ends before it begins is refused in words', async () => {
    await admin.getByLabel('CCF, dernier jour').evaluate((field) => field.focus());
    await admin.getByLabel('CCF, dernier jour').fill('2027-03-01');
    await press(admin, 'Enregistrer les dates');
    await admin.getByText('La période de CCF finit avant de commencer').waitFor();
  });
  await test('he gives the authority its officer', () =>
    createAccount(admin, { role: 'Gestionnaire', family: 'Villedieu', given: 'Hortense', email: 'dec@dijon.example', perimeter: 'Dijon' }));
  await look(admin, 'comptes');

  const officer = await person();
  await test('the officer enters by the link of her mail', async () => enter(officer, /premier-acces#\S+/.exec(await mailTo(house, 'dec@dijon.example'))[0]));
  for (const [kind, name] of [['Établissements', 'etablissements.csv'], ['Examinateurs', 'examinateurs.csv']]) {
    await test(`she imports ${name}`, async () => {
      await check(officer, kind, ofAcademy(house, name, 'Dijon'));
      await press(officer, /^Écrire \d+ lignes$/);
      await officer.getByRole('heading', { name: 'Import terminé' }).waitFor();
    });
  }
  await test('a faulty file is refused line by line, with its remedies, and nothing is written', async () => {
    await check(officer, 'Candidats', join(samples, 'candidats-fautifs.csv'));
    await officer.getByRole('heading', { name: /^\d+ fautes à corriger$/ }).waitFor();
    const rows = await officer.locator('table.fiches tbody tr').count();
    expect(rows >= 14, `${rows} rows`);
  });
  await look(officer, 'import, fautes');
  await test('she imports candidats.csv', async () => {
    await check(officer, 'Candidats', ofAcademy(house, 'candidats.csv', 'Dijon'));
    await press(officer, /^Écrire \d+ lignes$/);
    await officer.getByRole('heading', { name: 'Import terminé' }).waitFor();
  });
  for (const [section, title] of [['Établissements', 'Établissements'], ['Examinateurs', 'Examinateurs'], ['Candidats', 'Candidats']]) {
    await test(`she reads the list: ${title}`, async () => {
      await follow(officer, section);
      await arrive(officer, title);
      await officer.locator('tbody tr').first().waitFor();
    });
    await look(officer, title);
  }
  await test('she gives a school its head', () =>
    createAccount(officer, { role: 'Chef d’établissement', family: 'Pétrequin', given: 'Aïcha', email: 'chef.0717061p@ecole.example', perimeter: 'Val de Saône' }));

  const head = await person();
  await test('the head enters by the link of her mail', async () => enter(head, /premier-acces#\S+/.exec(await mailTo(house, 'chef.0717061p@ecole.example'))[0]));
  await look(head, 'À faire, chef d’établissement');
  await test('she opens her plan and asks for a proposal', async () => {
    await follow(head, 'Planifier');
    await arrive(head, 'Planning');
    await press(head, 'Ouvrir le planning');
    await arrive(head, /Planning, Lycée du Val de Saône/);
    await press(head, 'Proposer un planning');
    await head.getByText(/^Les\s\d+\scandidats\sont\sune\splace\.$/).waitFor();
  });
  await look(head, 'planning');
  await test('she publishes version 1 on purpose', async () => {
    await press(head, 'Publier la version 1');
    await head.getByText('La version 1 est publiée. Vous pouvez convoquer.').waitFor();
  });
  await test('the plan can be exported', () => {
    house.run('plan', 'export', '--session', '2027', '--school', '0717061P', '--instance', `${house.data}/i.json`, '--solution', `${house.data}/s.json`);
  });
  let before = 0;
  await test('she reads one convocation, then convokes everybody', async () => {
    before = mails(house);
    await follow(head, 'Convoquer');
    await arrive(head, 'Convocations');
    await press(head, 'Lire le courriel');
    await head.getByText(/Convocation/).first().waitFor();
  });
  await look(head, 'convocations');
  await test('each recipient gets exactly one message', async () => {
    await press(head, /^Convoquer \d+ candidats$/);
    const told = await head.getByText(/candidats et \d+\smembres? de commission sont convoqués/).textContent();
    const [candidates, members] = [...told.matchAll(/(\d+)\s(?:candidats|membres)/g)].map(([, number]) => Number(number));
    const wanted = before + candidates + members;
    for (let tries = 0; mails(house) < wanted && tries < 300; tries += 1) await head.waitForTimeout(100);
    await head.waitForTimeout(500);
    expect(mails(house) === wanted, `${mails(house) - before} messages for ${candidates} candidates and ${members} members`);
  });
  await test('she sees them sent in her outbox, and reads one', async () => {
    await follow(head, 'Boîte d’envoi');
    await arrive(head, 'Boîte d’envoi');
    await head.getByText('Envoyée').first().waitFor();
    await follow(head, /^Lire le message à .*, Convocation d’un candidat$/);
    await arrive(head, /Convocation/);
    await head.getByRole('heading', { name: 'Pièces jointes' }).waitFor();
  });
  await look(head, 'message');
  await test('she finds the list of her messages again', async () => {
    await follow(head, 'Boîte d’envoi');
    await arrive(head, 'Boîte d’envoi');
  });
  await look(head, 'boîte d’envoi');

  await absences({ head, house, uai: '0717061P' });
  await authority({ admin, officer, house });
  await secondFactor({ admin, officer, colleague: await person(), house });

  const candidate = await person();
  await test('a candidate reads at the door what is asked of him', async () => {
    await candidate.goto('/');
    await arrive(candidate, 'Se connecter');
  });
  await look(candidate, 'connexion');
  await refusals({ page: candidate, officer, house });
  await test('he enters with his number and the code of his convocation', async () => {
    const { number, email } = absentee('0717061P');
    const mail = await mailTo(house, email);
    await section(candidate, 'Choisir mon mot de passe');
    await choose(candidate, 'Académie ou service des examens', 'Dijon');
    await type(candidate, 'Numéro de candidat', number);
    await type(candidate, 'Code de première connexion', /[A-Z2-9]{5}-[A-Z2-9]{5}/.exec(mail)[0]);
    await type(candidate, 'Mot de passe', PASSWORD);
    await type(candidate, 'Le même, une seconde fois', PASSWORD);
    await press(candidate, 'Enregistrer et entrer');
    await arrive(candidate, 'Mon épreuve');
    await candidate.getByText(number, { exact: true }).waitFor();
    await candidate.getByText('Votre convocation a changé.').waitFor();
  });
  await look(candidate, 'mon épreuve');
  await test('he says that he has it', async () => {
    await press(candidate, 'J’ai bien reçu ma convocation');
    await candidate.getByText(/Vous avez accusé réception le/).waitFor();
  });
  await look(candidate, 'mon épreuve, accusé de réception');
  await test('he downloads his convocation', async () => {
    const [download] = await Promise.all([candidate.waitForEvent('download'), follow(candidate, 'Convocation (PDF)')]);
    const bytes = readFileSync(await download.path());
    expect(bytes.subarray(0, 5).toString() === '%PDF-', 'what comes is no PDF');
  });
  await test('the staff’s pages are closed to him', async () => {
    await candidate.goto('/planning');
    await arrive(candidate, 'Mon épreuve');
    const status = await candidate.evaluate(() => fetch('/graphql/staff', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Delos': '1' }, body: JSON.stringify({ query: '{ me { name } }' }) }).then((answer) => answer.status));
    expect(status === 403, `the staff’s schema answers ${status}`);
  });
  await test('he leaves, and nothing of his is left on this post', async () => {
    await press(candidate, 'Se déconnecter');
    await arrive(candidate, 'Se connecter');
    const status = await candidate.evaluate(() => fetch('/candidate/convocation.pdf').then((answer) => answer.status));
    expect(status === 401, `his convocation answers ${status}`);
  });
  await test('no page met an error or asked anything of another host', () => {
    // The refusals above are answers that the browser reports as failed loads; one request was cut on purpose.
    const told = faults.flat().filter((line) => !/status of (401|403|409|413|422|429)|ERR_FAILED/.test(line));
    expect(told.length === 0, told.join('\n'));
  });
} catch {
  // Said and counted where it happened.
} finally {
  await browser.close();
  await test('the house ends cleanly on SIGTERM', async () => expect((await house.end()) === 0, 'another code')).catch(() => {});
}
await live();
if (!house.refuses) skip('a message that its relay refuses', 'no SMTP relay');
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed ? 1 : 0;
