// From an absence to the new convocation, by the keyboard: the day's table, what follows said before it is confirmed, the
// date that is found, the mail, the candidate's screen; and a centre that closes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { open } from './browser.mjs';
import { mailTo, samples } from './house.mjs';
import { arrive, follow, pick, press, type } from './keyboard.mjs';
import { expect, look, test } from './steps.mjs';

/** A candidate of the school who is convoked in CCF: the first, whose absence the scenario records, or one after him. */
export function absentee(uai, place = 0) {
  const lines = readFileSync(join(samples, 'candidats.csv'), 'utf8').split(/\r?\n/);
  const columns = lines[0].replace(/^\uFEFF/, '').split(';');
  const at = (row, name) => row.split(';')[columns.indexOf(name)];
  const row = lines.slice(1).filter((line) => at(line, 'UAI') === uai && at(line, 'Forme').toLowerCase() === 'ccf' && at(line, 'Courriel'))[place];
  return { number: at(row, 'Numéro'), email: at(row, 'Courriel') };
}

async function ask(page, query, variables = {}) {
  return page.evaluate(
    async ([text, values]) => {
      const answer = await fetch('/graphql/staff', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Delos': '1' }, body: JSON.stringify({ query: text, variables: values }) });
      return (await answer.json()).data;
    },
    [query, variables],
  );
}

/** The whole loop, by a head of school. */
export async function absences({ head, house, uai }) {
  const { number, email } = absentee(uai);
  let line;
  let day;
  await test('she opens the table of the day of a candidate', async () => {
    await follow(head, 'Passages');
    await arrive(head, /^Passages du /);
    const { dayDates } = await ask(head, '{ dayDates { date } }');
    for (const { date } of dayDates) {
      const { day: table } = await ask(head, 'query Day($date: NaiveDate!) { day(date: $date) { lines { start candidate { number name } } } }', { date });
      line = table.lines.find((one) => one.candidate.number === number);
      if (line) {
        day = date;
        break;
      }
    }
    expect(line, `nobody of number ${number} sits`);
    await head.goto(`/passages?jour=${day}`);
    await head.getByRole('row', { name: new RegExp(line.candidate.name) }).first().waitFor();
  });
  await look(head, 'passages');
  await test('an absence without a reason is refused before the hour, in words', async () => {
    await press(head, new RegExp(`^Absent ?: ${line.candidate.name}$`));
    await pick(head, 'Injustifiée');
    await head.getByText('L’heure du passage n’est pas encore venue').waitFor();
  });
  await test('what a justified absence entails is said before anybody confirms', async () => {
    await pick(head, 'Justifiée');
    await head.getByText('Absence justifiée : une autre date est proposée.').waitFor();
    await head.getByText(/^Créneaux libres/).waitFor();
  });
  await look(head, 'absence');
  await test('the worker finds another date, and she confirms it', async () => {
    await press(head, 'Enregistrer l’absence');
    await head.getByText(`L’absence de ${line.candidate.name} est enregistrée.`).waitFor();
    await head.getByRole('button', { name: `Convoquer ${line.candidate.name}` }).waitFor({ timeout: 30_000 });
  });
  await look(head, 'nouvelle date');
  await test('the new convocation is in the mailbox', async () => {
    await press(head, `Convoquer ${line.candidate.name}`);
    await head.getByText(`${line.candidate.name} est convoqué le`).waitFor();
    const start = Date.now();
    let mail = '';
    while (!/convocation a changé/.test(mail)) {
      expect(Date.now() - start < 30_000, `no new convocation for ${email}: ${mail.slice(0, 200)}`);
      mail = await mailTo(house, email);
    }
  });
  const { context, page: reader } = await open(head.context().browser(), new URL(head.url()).origin);
  await test('the link of the mail opens without an account', async () => {
    const mail = await mailTo(house, absentee(uai, 1).email);
    const link = /https?:\/\/[^/\s]+(\/accuse-reception\/\S+)/.exec(mail)?.[1];
    expect(link, `no link in ${mail}`);
    await reader.goto(link);
    await arrive(reader, 'Accusé de réception');
    await reader.getByText('En appuyant, vous dites que').waitFor();
  });
  await look(reader, 'accusé de réception');
  await test('another candidate says that he has his convocation, once', async () => {
    await press(reader, 'J’ai bien reçu ma convocation');
    await reader.getByText('C’est noté, merci.').waitFor();
    await reader.reload();
    await reader.getByText('Vous avez déjà accusé réception').waitFor();
  });
  await context.close();
  await test('a centre that closes has its sittings moved or listed with a reason', async () => {
    const { dayDates } = await ask(head, '{ dayDates { date sittings } }');
    // The last day with sittings, none of which is his new date.
    let last;
    for (const one of dayDates.filter(({ sittings }) => sittings > 0).reverse()) {
      const { day: table } = await ask(head, 'query Day($date: NaiveDate!) { day(date: $date) { lines { state candidate { number } } } }', { date: one.date });
      if (!last && !table.lines.some((his) => his.candidate.number === number && his.state !== 'ABSENT')) last = one;
    }
    await head.getByText('Fermer un centre (force majeure)').press('Enter');
    await head.getByLabel('Premier jour').fill(last.date);
    await type(head, 'Raison, que chacun lira', 'Coupure d’électricité');
    await press(head, 'Voir ce que cela entraîne');
    await head.getByText(new RegExp(`^${last.sittings}\\spassages? (sont concernés|est concerné)`)).waitFor();
    await press(head, 'Fermer le centre et prévenir');
    await head.getByText('Le centre est fermé').waitFor();
    const start = Date.now();
    for (;;) {
      const { waiting } = await ask(head, '{ waiting { searched proposed { date } reasons { rule } } }');
      if (waiting.length > 0 && waiting.every((one) => one.searched)) {
        expect(waiting.every((one) => one.proposed || one.reasons.length > 0), JSON.stringify(waiting));
        break;
      }
      expect(Date.now() - start < 30_000, 'no date is searched');
      await head.waitForTimeout(200);
    }
  });
}
