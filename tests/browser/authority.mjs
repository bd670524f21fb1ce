// The authority's door: a second mandate and its change, then the ponctuelle form from an empty plan to its failures.
import { mails, refused } from './house.mjs';
import { arrive, choose, follow, press, reach, tick, type } from './keyboard.mjs';
import { expect, look, section, test } from './steps.mjs';

const OWN = 'Gestionnaire des examens · Rectorat de Dijon';

async function mandates(admin, officer) {
  await test('the administrator gives the officer a second mandate', async () => {
    await section(admin, 'Comptes', 'Comptes et mandats');
    await press(admin, 'Donner un mandat à Hortense Villedieu');
    await admin.getByRole('heading', { name: 'Donner un mandat à Hortense Villedieu' }).waitFor();
    await choose(admin, 'Rôle', 'Gestionnaire');
    await choose(admin, 'Périmètre', 'La Réunion');
  });
  await look(admin, 'comptes, donner un mandat');
  await test('a mandate that outlives his own is refused, and nothing typed is lost', async () => {
    await admin.getByLabel('Jusqu’au').fill('2099-01-01');
    await press(admin, 'Donner ce mandat');
    await admin.getByText(/La date de fin doit être à venir/).waitFor();
    await admin.getByLabel('Jusqu’au').fill('2027-06-30');
    await press(admin, 'Donner ce mandat');
    await admin.getByText('Mandat donné à Hortense Villedieu.').waitFor();
  });
  await test('she changes her mandate on the screen, and comes back', async () => {
    await officer.goto('/');
    await arrive(officer, 'À faire');
    await choose(officer, 'Mandat sous lequel vous agissez', 'La Réunion');
    await press(officer, 'Changer de mandat');
    await officer.getByText('Rectorat de La Réunion', { exact: true }).waitFor();
    await officer.getByText('Aucun établissement n’est encore connu.').waitFor();
  });
  await look(officer, 'À faire, sous un second mandat');
  await test('under it she sees nothing of the first', async () => {
    await section(officer, 'Candidats');
    await officer.getByText('Aucun candidat ne correspond.').waitFor();
    await choose(officer, 'Mandat sous lequel vous agissez', OWN);
    await press(officer, 'Changer de mandat');
    await officer.getByText('Rectorat de Dijon', { exact: true }).waitFor();
  });
}

async function plan(officer) {
  await test('she reads the plan of a school, locked to her', async () => {
    await section(officer, 'Planning');
    await follow(officer, /^Voir le planning : Lycée du Val de Saône$/);
    await arrive(officer, /Planning, Lycée du Val de Saône/);
    await officer.getByText(/Vous lisez ce planning sans le modifier/).waitFor();
  });
  await look(officer, 'planning, en lecture');
  await test('she opens her own', async () => {
    await section(officer, 'Planning');
    await press(officer, 'Ouvrir le planning');
    await arrive(officer, 'Planning, Rectorat de Dijon');
  });
  await look(officer, 'planning, vide');
  await test('a commission with one member is refused in words', async () => {
    await press(officer, 'Ajouter une commission');
    await officer.getByRole('button', { name: 'Ajouter cette commission' }).waitFor();
    await choose(officer, 'Centre', 'Joséphine-Baker');
    await choose(officer, 'Modèle', 'Préparation et trois candidats');
    await tick(officer, 'mar. 18 mai');
    await tick(officer, 'mer. 19 mai');
    await tick(officer, /^Pénélope Boëlle/);
    await press(officer, 'Ajouter cette commission');
    await officer.getByText('Une commission compte 2 membres au moins.').waitFor();
  });
  await look(officer, 'planning, ajouter une commission');
  await test('with two, it is added', async () => {
    await tick(officer, /^Maëlys Noël/);
    await press(officer, 'Ajouter cette commission');
    await officer.getByText(/^La commission est ajoutée/).waitFor();
  });
  await test('a search says how far it is, and is stopped', async () => {
    await choose(officer, 'Temps de recherche, au plus', '10 minutes');
    await press(officer, 'Proposer un planning');
    await officer.getByText(/\scandidats\splacés\ssur\s\d+, pour un coût de\s[\d\s]+points\./).waitFor();
    await officer.getByText(/^Depuis [\d,]+\ss, sur 600 au plus/).waitFor();
    await officer.getByRole('progressbar', { name: 'Recherche d’un planning' }).waitFor();
  });
  await look(officer, 'planning, recherche en cours');
  await test('somebody who comes back to the page finds the search there', async () => {
    await officer.reload();
    await officer.getByText(/^Depuis [\d,]+\ss, sur 600 au plus/).waitFor();
  });
  await test('the best plan found is kept: it fills her commission and places everybody', async () => {
    await press(officer, 'Arrêter et garder le meilleur');
    await officer.getByText(/^Les\s\d+\scandidats\sont\sune\splace\./).waitFor();
    expect((await officer.getByText('faite à la main').count()) > 0, 'the commission made by hand is gone');
  });
  await test('the plan says how far it may be from the best, what it costs, what it asks of each', async () => {
    await officer.getByText(/^Au plus [\d,]+ % au-dessus du meilleur possible\.$/).waitFor();
    for (const name of [/^Ce que coûte ce planning/, 'Charge des examinateurs et des centres', 'Ce que l’harmonisation pourra comparer']) {
      await reach(officer, ['summary'], name);
      await officer.keyboard.press('Enter');
    }
    await officer.getByRole('rowheader', { name: 'kilomètres des candidats' }).waitFor();
    await officer.getByText('Cette borne est prouvée', { exact: false }).waitFor();
    await officer.getByRole('table', { name: 'Charge des examinateurs' }).getByRole('rowheader').first().waitFor();
    await officer.getByText(/^SISR\s:\s/).waitFor();
  });
  await look(officer, 'planning, ponctuelle');
  await test('she publishes version 1', async () => {
    await press(officer, 'Publier la version 1');
    await officer.getByText('La version 1 est publiée. Vous pouvez convoquer.').waitFor();
  });
}

async function convoke(officer, house) {
  await test('she convokes everybody of it, one message each', async () => {
    const before = mails(house);
    await follow(officer, 'Convoquer');
    await arrive(officer, 'Convocations');
    await press(officer, /^Convoquer \d+ candidats$/);
    const told = await officer.getByText(/candidats et \d+\smembres? de commission sont convoqués/).textContent();
    const [candidates, members] = [...told.matchAll(/(\d+)\s(?:candidats|membres)/g)].map(([, number]) => Number(number));
    const wanted = before + candidates + members - (house.refuses ? 1 : 0);
    for (let tries = 0; mails(house) < wanted && tries < 300; tries += 1) await officer.waitForTimeout(100);
    await officer.waitForTimeout(300);
    expect(mails(house) === wanted, `${mails(house) - before} messages for ${candidates} candidates and ${members} members`);
  });
}

async function failures(officer) {
  await test('a message that the relay refuses is told with its cause', async () => {
    await section(officer, 'Boîte d’envoi');
    await choose(officer, 'État', 'En échec');
    await officer.getByRole('row', { name: new RegExp(refused) }).waitFor();
    await officer.getByText(/550/).first().waitFor();
  });
  await look(officer, 'boîte d’envoi, échecs');
  await test('only the failure is sent again', async () => {
    await press(officer, /^Renvoyer 1 échec$/);
    await officer.getByText(/^1\smessage repart\.$/).waitFor();
  });
}

/** Whatever the server says of messages, with every state among the rows. */
async function everyState(officer) {
  const states = ['READY', 'SENDING', 'SENT', 'DOUBTFUL', 'FAILED', 'BOUNCED', 'SETTLED', 'CANCELLED'];
  await officer.route('**/graphql/staff', async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.data?.messages?.edges.forEach(({ node }, place) => {
      node.state = states[place % states.length];
      if (place % 8 > 2) node.lastError = '451 4.3.0 Connexion coupée après l’envoi';
      if (place === 0) Object.assign(node, { recipient: 'Anne-Élisabeth de Châteauvieux-Montmorency-Luxembourg', address: 'anne-elisabeth.de.chateauvieux-montmorency-luxembourg@etablissement-scolaire.example' });
    });
    if (body.data?.messages) Object.assign(body.data.messages.counts, { ready: 2314, sending: 3, doubtful: 4, failed: 5, bounced: 2, settled: 7 });
    await route.fulfill({ response, json: body });
  });
  await test('each state of a message has its words', async () => {
    await section(officer, 'Planning');
    await section(officer, 'Boîte d’envoi');
    for (const word of ['Prête', 'En cours', 'Envoyée', 'Douteuse', 'En échec', 'Revenue', 'Réglée', 'Annulée']) await officer.locator('tbody .etat', { hasText: word }).last().waitFor();
  });
  await look(officer, 'boîte d’envoi, tous les états');
  await officer.unroute('**/graphql/staff');
}

/** What the authority adds to its messages, and whom no mail has reached. */
async function letters(officer) {
  await test('what is no variable is refused, and the variables are said', async () => {
    await section(officer, 'Boîte d’envoi');
    await section(officer, 'Textes des messages');
    await type(officer, 'Avant le texte de Délos', 'Bonjour {{ nom }}, {{7*7}}');
    await press(officer, 'Aperçu');
    await officer.getByText(/Ceci ne peut pas figurer dans le texte/).waitFor();
    expect((await officer.getByLabel('Avant le texte de Délos').inputValue()).includes('7*7'), 'what was typed is gone');
  });
  await look(officer, 'textes des messages, refus');
  await test('she adds a sentence, sees it as it will leave, and keeps it', async () => {
    await type(officer, 'Avant le texte de Délos', 'Bonjour {{ nom }}.');
    await press(officer, 'Aperçu');
    await officer.getByText(/Bonjour Anne-Élisabeth/).waitFor();
    await press(officer, 'Enregistrer la version 1');
    await officer.getByRole('heading', { name: /^Versions de/ }).waitFor();
  });
  await look(officer, 'textes des messages');
  await test('whom no mail has reached is one page away', async () => {
    await section(officer, 'Boîte d’envoi');
    await section(officer, 'À joindre autrement');
    await officer.getByText(/Personne\s: chaque convocation proche est partie/).waitFor();
  });
  await look(officer, 'à joindre autrement');
}

/** Slow, empty, cut: what a list says then. */
async function states(officer) {
  await test('a slow answer is announced in words', async () => {
    await officer.route('**/graphql/staff', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 900));
      await route.continue();
    });
    await follow(officer, 'Examinateurs');
    await officer.getByText('Chargement…').waitFor();
    await officer.locator('tbody tr').first().waitFor();
    await officer.unroute('**/graphql/staff');
  });
  await test('a search without an answer says so', async () => {
    await type(officer, 'Nom ou identifiant', 'personne de ce nom');
    await press(officer, 'Chercher');
    await officer.getByText('Aucun examinateur ne correspond à cette recherche.').waitFor();
  });
  await look(officer, 'liste vide');
  await test('a cut network is said, and another try is offered', async () => {
    await officer.route('**/graphql/staff', (route) => route.abort());
    await follow(officer, 'Établissements');
    await officer.getByText(/Le réseau ne répond pas/).waitFor();
  });
  await look(officer, 'réseau coupé');
  await test('the next try succeeds', async () => {
    await officer.unroute('**/graphql/staff');
    await press(officer, 'Réessayer');
    await officer.locator('tbody tr').first().waitFor();
  });
}

export async function authority({ admin, officer, house }) {
  await mandates(admin, officer);
  await plan(officer);
  await convoke(officer, house);
  if (house.refuses) await failures(officer);
  await everyState(officer);
  await letters(officer);
  await states(officer);
}
