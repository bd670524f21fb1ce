// Pictures of the running screens for the README and the guide, taken from a fresh demonstration: `cargo xtask pictures`, or
// `node pictures.mjs http://localhost:8027 ../../docs/pictures REPORT.html` beside `cargo xtask demo`, the report being one of
// `delos harmonise`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, open } from './browser.mjs';
import { demonstration, enter, firstDay, grid } from './exam.mjs';
import { samples } from './house.mjs';
import { paletted } from './palette.mjs';

const [base, folder] = [process.argv[2] ?? 'http://localhost:8027', process.argv[3] ?? '../../docs/pictures'];
const report = process.argv[4];
const PASSWORD = 'quatre mots au hasard';
mkdirSync(folder, { recursive: true });

/** A demonstration takes a moment to furnish itself. */
async function ready() {
  for (let tries = 0; tries < 600; tries += 1) {
    if ((await fetch(`${base}/readyz`).catch(() => null))?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`nobody answers at ${base}`);
}

async function staff(page, email) {
  await page.context().clearCookies();
  await page.goto('/connexion');
  await page.getByLabel('Adresse professionnelle').fill(email);
  await page.getByLabel('Mot de passe').first().fill(PASSWORD);
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.getByRole('heading', { level: 1, name: 'À faire' }).waitFor();
}

async function candidate(page) {
  await page.context().clearCookies();
  await page.goto('/connexion');
  await page.getByLabel('Académie ou service').selectOption('28');
  await page.getByLabel('Numéro de candidat').fill('2210006293');
  await page.getByLabel('Mot de passe').last().fill(PASSWORD);
  await page.getByRole('button', { name: 'Voir mon épreuve' }).click();
  await page.getByRole('heading', { level: 1, name: 'Mon épreuve' }).waitFor();
}

const browser = await launch();
const canvas = await (await browser.newContext()).newPage();

/** Takes the window as it stands; `tall` shows more of the page than a window does; `part` is all that is taken. */
async function shoot(page, name, tall = 0, part = page) {
  const size = page.viewportSize();
  if (tall) await page.setViewportSize({ width: size.width, height: tall });
  await page.waitForLoadState('networkidle');
  await page.mouse.move(0, 0);
  const bytes = await part.screenshot();
  const { pixels, width, height } = await canvas.evaluate(async (url) => {
    const image = await createImageBitmap(await (await fetch(url)).blob());
    const drawing = new OffscreenCanvas(image.width, image.height).getContext('2d');
    drawing.drawImage(image, 0, 0);
    let text = '';
    const { data } = drawing.getImageData(0, 0, image.width, image.height);
    for (let place = 0; place < data.length; place += 32_768) text += String.fromCharCode(...data.subarray(place, place + 32_768));
    return { pixels: btoa(text), width: image.width, height: image.height };
  }, `data:image/png;base64,${bytes.toString('base64')}`);
  const picture = paletted(Buffer.from(pixels, 'base64'), width, height);
  writeFileSync(join(folder, `${name}.png`), picture);
  console.log(`${name}: ${Math.round(picture.length / 1000)} kB`);
  if (tall) await page.setViewportSize(size);
}

if (report) {
  // From a file, without any network: nothing of the report comes from elsewhere.
  const { page: read, context } = await open(browser, base, { height: 860 });
  await context.setOffline(true);
  await read.goto(`file://${report}`);
  await shoot(read, 'harmonisation-resume', 0, read.locator('.ile'));
  const drawing = (panel) => read.locator(`section[aria-labelledby="${panel}"] figure`).first();
  await shoot(read, 'harmonisation-chenille', 0, drawing('p1'));
  await shoot(read, 'harmonisation-entonnoir', 0, drawing('p2'));
  await shoot(read, 'harmonisation-effets', 0, read.locator('section[aria-labelledby="p9"] figure').first());
  await context.close();
}

await ready();
/** A page that listens to what others do is never at rest; it looks by itself all the same. */
const deaf = (context) => context.route('**/graphql/*/live', (route) => route.abort());
const { page, context } = await open(browser, base, { height: 860 });
await deaf(context);
page.setDefaultTimeout(20_000);
const go = async (path, title) => {
  await page.goto(path);
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
};

await go('/connexion', 'Se connecter');
await shoot(page, 'connexion', 1340);
await staff(page, 'admin@delos.example');
await go('/session', 'Session 2027');
await shoot(page, 'session', 1120);
await go('/comptes', 'Comptes et mandats');
await shoot(page, 'comptes');

await staff(page, 'dec@dijon.example');
await go('/import', 'Importer des listes');
await page.getByLabel('Fichier CSV').setInputFiles(join(samples, 'candidats-fautifs.csv'));
await page.getByRole('button', { name: 'Contrôler le fichier' }).click();
await page.getByRole('heading', { name: /à corriger$/ }).first().waitFor();
await page.evaluate(() => (document.getElementById('bilan').scrollIntoView(), window.scrollBy(0, 28)));
await shoot(page, 'import');
await go('/candidats', 'Candidats');
await shoot(page, 'candidats');
await go('/planning', 'Planning');
await page.getByRole('button', { name: 'Ouvrir le planning' }).click();
await page.getByRole('heading', { level: 1, name: 'Planning, Rectorat de Dijon' }).waitFor();
await page.getByRole('button', { name: 'Ajouter une commission' }).click();
await page.getByRole('button', { name: 'Ajouter cette commission' }).waitFor();
await page.evaluate(() => (document.getElementById('main').scrollIntoView(), window.scrollBy(0, 28)));
await shoot(page, 'commission');
await page.getByRole('button', { name: 'Abandonner' }).click();
await page.getByLabel('Temps de recherche, au plus').selectOption({ label: '10 secondes' });
await page.getByRole('button', { name: 'Proposer un planning' }).click();
await page.getByText(/ s, sur 10 au plus/).waitFor();
await page.evaluate(() => window.scrollTo(0, 0));
await shoot(page, 'recherche');
await page.getByText(/au-dessus du meilleur possible/).waitFor({ timeout: 60_000 });
await page.evaluate(() => window.scrollTo(0, 0));
await shoot(page, 'planning', 1240);
await page.evaluate(() => (document.getElementById('horaires').scrollIntoView(), window.scrollBy(0, 28)));
await shoot(page, 'horaires');
await page.getByRole('button', { name: 'Publier la version 1' }).click();
await page.getByText('La version 1 est publiée. Vous pouvez convoquer.').waitFor();
await go('/convocations', 'Convocations');
await page.getByRole('button', { name: 'Lire le courriel' }).click();
await page.getByRole('heading', { level: 3 }).waitFor();
await shoot(page, 'convocations', 1240);
await page.getByRole('button', { name: /^Convoquer \d+ candidats$/ }).click();
await page.getByText(/sont convoqués/).waitFor();
await go('/messages', 'Boîte d’envoi');
await shoot(page, 'boite-d-envoi');
await page.getByRole('link', { name: /Convocation d’un candidat$/ }).first().click();
await page.getByRole('heading', { level: 2, name: 'Texte' }).waitFor();
await shoot(page, 'message', 1100);

await staff(page, 'admin@delos.example');
await go('/courrier', 'Le courrier');
await shoot(page, 'le-courrier');
await staff(page, 'chef.0717061p@ecole.example');
await shoot(page, 'a-faire', 800);
await staff(page, 'chef.0213430p@ecole.example');
await go('/passages', /^Passages du /);
await page.getByRole('button', { name: /^Absent/ }).first().click();
await page.getByLabel('Justifiée', { exact: true }).check();
await page.getByText(/^Créneaux libres/).waitFor();
await shoot(page, 'passages', 1240);
await go('/second-facteur', 'Ajouter un second facteur');
await page.getByRole('img', { name: 'Image à photographier avec votre application' }).waitFor();
await shoot(page, 'second-facteur', 1240);

await candidate(page);
await shoot(page, 'mon-epreuve', 1240);
await context.close();
const night = await open(browser, base, { width: 390, height: 844, dark: true });
await deaf(night.context);
await candidate(night.page);
await shoot(night.page, 'mon-epreuve-telephone');
await night.context.close();

// A commission on its day: a demonstration of its own, whose clock is that day's.
const house = await demonstration('bts-sio-2024-e5');
await house.start();
const { login } = house.accounts().find(({ role }) => role.startsWith('examinateur'));
const asking = await open(browser, house.base);
const day = await firstDay(asking.page, house, login);
await asking.context.close();
await house.cut();
await house.start(`${day}T12:04:00+01:00`);
const post = await open(browser, house.base, { height: 860 });
await deaf(post.context);
await enter(post.page, house, login, day);
await post.page.locator('.ile .b.p').click();
await post.page.locator('.couloirs .e-cours').first().waitFor();
await shoot(post.page, 'jour', 1180);
await grid(post.page, day, 'SLAM');
for (const key of '34323413324') await post.page.keyboard.press(key);
await post.page.getByLabel(/^Note proposée/).fill('13,5');
await post.page.getByText(/13,5 → 14/).waitFor();
await shoot(post.page, 'grille', 1340);
await post.page.getByRole('link', { name: 'Appréciation et visas' }).click();
await post.page.getByLabel(/^Observations/).first().fill('Le besoin est reformulé avec justesse ; les choix techniques sont expliqués.');
await post.page.locator('.statut').filter({ hasText: /Enregistré à/ }).waitFor();
await shoot(post.page, 'appreciation', 1340);
const head = house.accounts().find(({ role }) => role.startsWith('chef')).login;
await post.context.clearCookies();
const desk = await open(browser, house.base, { height: 860 });
await deaf(desk.context);
await enter(desk.page, house, head, null, '/bordereau');
await desk.page.getByRole('heading', { level: 1, name: 'Bordereau récapitulatif' }).waitFor();
await shoot(desk.page, 'bordereau', 1240);
await house.end();
await browser.close();
