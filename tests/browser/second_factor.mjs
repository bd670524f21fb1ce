// The second factor by the keyboard alone: added, shown there and back, lost, taken away by two persons.
import { createHmac } from 'node:crypto';
import { mailTo } from './house.mjs';
import { arrive, follow, press, type } from './keyboard.mjs';
import { createAccount, enter, expect, look, PASSWORD, section, test } from './steps.mjs';

const NAME = 'Hortense Villedieu';
const EMAIL = 'dec@dijon.example';
const STEP = 30_000;

/** The code that an application shows for a key of base 32, so many steps from now (RFC 6238). */
function code(key, away = 0) {
  const bits = [...key.replace(/\s/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / STEP) + away));
  const hash = createHmac('sha1', secret).update(step).digest();
  return String((hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Not in the last seconds of a step: what is typed must still be worth what it was when it was read. */
async function early(page) {
  const left = STEP - (Date.now() % STEP);
  if (left < 8_000) await page.waitForTimeout(left + 200);
}

async function signIn(page) {
  await page.goto('/connexion');
  await arrive(page, 'Se connecter');
  await type(page, 'Adresse professionnelle', EMAIL);
  await type(page, 'Mot de passe', PASSWORD);
  await press(page, 'Se connecter');
  await arrive(page, 'À faire');
}

async function signOut(page) {
  await press(page, 'Se déconnecter');
  await arrive(page, 'Se connecter');
}

/** She adds her telephone; the key that was shown, and her recovery codes. */
async function enrol(page) {
  let key;
  let spent;
  let codes;
  await test('she finds where a second factor is added', async () => {
    await page.goto('/');
    await arrive(page, 'À faire');
    await follow(page, 'Ajouter un second facteur');
    await arrive(page, 'Ajouter un second facteur');
    await page.getByRole('img', { name: 'Image à photographier avec votre application' }).waitFor();
    key = await page.locator('.cle').textContent();
    expect(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/.test(key), `a key in groups of four: ${key}`);
  });
  await look(page, 'second facteur, ajouter');
  await test('a code that is not the right one is refused in words', async () => {
    await type(page, 'Code de votre application', '000');
    await press(page, 'Ajouter ce second facteur');
    await page.getByText('Ce code n’est pas le bon.').waitFor();
    expect((await page.locator('.cle').textContent()) === key, 'another key is shown: the picture that was taken is worth nothing');
  });
  await test('the right one gives ten recovery codes', async () => {
    await early(page);
    spent = code(key);
    await type(page, 'Code de votre application', spent);
    await press(page, 'Ajouter ce second facteur');
    await arrive(page, 'Vos codes de secours');
    codes = await page.locator('.secours li').allTextContents();
    expect(codes.length === 10 && new Set(codes).size === 10, `${codes.length} codes`);
  });
  await look(page, 'codes de secours');
  await test('they are shown once', async () => {
    await press(page, 'J’ai mis ces codes de côté');
    await arrive(page, 'À faire');
    await follow(page, 'Mon second facteur et mes codes de secours');
    await arrive(page, 'Votre second facteur');
    await page.getByText('Il vous reste 10 codes de secours.').waitFor();
    expect(!(await page.content()).includes(codes[0]), 'a code is shown again');
  });
  await look(page, 'second facteur');
  return { key, spent, codes };
}

/** The next request is answered as a sealed operation answers whoever signed in with a password alone. */
async function asksForIt(page) {
  await page.route(
    '**/graphql/staff',
    (route) => route.fulfill({ json: { data: null, errors: [{ message: '…', extensions: { code: 'second_factor_needed' } }] } }),
    { times: 1 },
  );
}

async function shown(page, { key, spent, codes }) {
  await test('what asks for it sends her to it, and a code that was used is refused', async () => {
    await signOut(page);
    await signIn(page);
    await section(page, 'Candidats');
    await page.locator('tbody tr').first().waitFor();
    await asksForIt(page);
    await type(page, /^Nom/, 'zzz');
    await press(page, 'Chercher');
    await arrive(page, 'Est-ce bien vous ?');
    await type(page, 'Code de votre application', spent);
    await press(page, 'Continuer');
    await page.getByText('Ce code a déjà servi.').waitFor();
  });
  await look(page, 'second facteur, montrer');
  await test('the right one brings her back where she was', async () => {
    await early(page);
    await type(page, 'Code de votre application', code(key, 1));
    await press(page, 'Continuer');
    await arrive(page, 'Candidats');
    expect(page.url().endsWith('/candidats?q=zzz'), page.url());
  });
  await test('without her telephone, a recovery code does it once', async () => {
    await signOut(page);
    await signIn(page);
    await follow(page, 'Mon second facteur et mes codes de secours');
    await arrive(page, 'Est-ce bien vous ?');
    await press(page, 'Utiliser un code de secours');
    await type(page, 'Code de secours', codes[0].toLowerCase());
    await press(page, 'Continuer');
    await arrive(page, 'À faire');
    await follow(page, 'Mon second facteur et mes codes de secours');
    await page.getByText('Il vous reste 9 codes de secours.').waitFor();
  });
}

async function takenAway({ admin, colleague, officer, house }) {
  await test('the administrator asks that it be taken away', async () => {
    await admin.reload();
    await arrive(admin, 'Comptes et mandats');
    await createAccount(admin, { role: 'Gestionnaire', family: 'Sauvageot', given: 'Rosalie', email: 'dec2@dijon.example', perimeter: 'Dijon' });
    await press(admin, `Retirer le second facteur de ${NAME}`);
    await admin.getByText(`Le retrait du second facteur de ${NAME} est demandé.`).waitFor();
    await admin.getByText('une autre personne doit le confirmer').waitFor();
    expect((await admin.getByRole('button', { name: /^Confirmer le retrait/ }).count()) === 0, 'he may confirm what he asked');
  });
  await test('another person confirms it', async () => {
    await enter(colleague, /premier-acces#\S+/.exec(await mailTo(house, 'dec2@dijon.example'))[0]);
    await section(colleague, 'Comptes', 'Comptes et mandats');
    await colleague.getByText('demande le retrait de son second facteur').waitFor();
  });
  await look(colleague, 'comptes, retrait d’un second facteur');
  await test('and its owner, told by mail, signs in anew', async () => {
    await press(colleague, `Confirmer le retrait du second facteur de ${NAME}`);
    await colleague.getByText(`Le second facteur de ${NAME} est retiré`).waitFor();
    await officer.goto('/');
    await arrive(officer, 'Se connecter');
    await signIn(officer);
    await officer.getByText('Ajouter un second facteur').waitFor();
    const start = Date.now();
    let mail = '';
    while (!/a été retiré par deux\spersonnes/.test(mail)) {
      expect(Date.now() - start < 30_000, mail);
      mail = await mailTo(house, EMAIL);
    }
  });
}

/** The officer's second factor, from its first need to its loss. */
export async function secondFactor({ admin, officer, colleague, house }) {
  const telephone = await enrol(officer);
  await shown(officer, telephone);
  await takenAway({ admin, colleague, officer, house });
}
