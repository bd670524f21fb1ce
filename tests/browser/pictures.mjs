// Pictures of the running screens for the README and the guide: `cargo xtask demo`, then
// `node pictures.mjs http://localhost:8080 ../../docs/pictures`.
import { mkdirSync } from 'node:fs';
import { launch, open } from './browser.mjs';

const [base, folder] = [process.argv[2] ?? 'http://localhost:8080', process.argv[3] ?? '../../docs/pictures'];
const PASSWORD = 'quatre mots au hasard';
mkdirSync(folder, { recursive: true });

async function staff(page, email) {
  await page.goto('/connexion');
  await page.getByLabel('Adresse professionnelle').fill(email);
  await page.getByLabel('Mot de passe').first().fill(PASSWORD);
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await page.getByRole('heading', { level: 1, name: 'À faire' }).waitFor();
}

async function candidate(page) {
  await page.goto('/connexion');
  await page.getByLabel('Académie ou service').selectOption('28');
  await page.getByLabel('Numéro de candidat').fill('2210006293');
  await page.getByLabel('Mot de passe').last().fill(PASSWORD);
  await page.getByRole('button', { name: 'Voir mon épreuve' }).click();
  await page.getByRole('heading', { level: 1, name: 'Mon épreuve' }).waitFor();
}

async function shoot(page, name, fullPage = true) {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage });
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  console.log(name, sideways > 0 ? `SIDEWAYS ${sideways}` : '');
}

const browser = await launch();
const all = process.argv.includes('--all');
for (const [suffix, options] of [['', {}], ...(all ? [['-sombre', { dark: true }], ['-320', { width: 320, height: 700 }]] : [])]) {
  const { page, context, said } = await open(browser, base, options);
  await page.goto('/connexion');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await shoot(page, `connexion${suffix}`);
  await staff(page, 'chef.0717061p@ecole.example');
  await shoot(page, `a-faire${suffix}`);
  await context.clearCookies();
  await staff(page, 'dec@reunion.example');
  for (const path of ['session', 'comptes', 'import', 'candidats', 'planning', 'convocations', 'messages', 'etablissements', 'examinateurs']) {
    await page.goto(`/${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shoot(page, `${path}${suffix}`, path !== 'candidats');
  }
  await page.goto('/planning');
  await page.getByRole('link', { name: /Ouvrir le planning/ }).click();
  await page.getByRole('heading', { level: 1, name: /Planning, / }).waitFor();
  await shoot(page, `plan${suffix}`, true);
  await context.clearCookies();
  await candidate(page);
  await shoot(page, `mon-epreuve${suffix}`);
  if (said.length > 0) console.log(suffix, said);
  await context.close();
}
await browser.close();
