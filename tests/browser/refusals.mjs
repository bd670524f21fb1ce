// What people type or hand in by mistake: a clear answer in French, and nothing lost.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrive, choose, press, type } from './keyboard.mjs';
import { check, expect, look, PASSWORD, section, test } from './steps.mjs';

/** Files that are no list, each with what is said of it. */
const FILES = [
  ['vide.csv', '', /Ce fichier est vide/],
  ['liste.xlsx', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(5000, 7)]), /c’est un classeur/],
  ['releve.pdf', '%PDF-1.7\n1 0 obj', /c’est un document PDF/],
  ['colonnes.csv', 'Foo;Bar\n1;2\n', /Colonnes obligatoires introuvables/],
  ['enorme.csv', Buffer.alloc(200_000_000, 'a;b\n'), /dépasse 20 Mo/],
];

export async function refusals({ page, officer, house }) {
  await test('a wrong password is refused, the address kept', async () => {
    await type(page, 'Adresse professionnelle', 'dec@dijon.example');
    await type(page, 'Mot de passe', 'un autre mot de passe');
    await press(page, 'Se connecter');
    await page.getByText(/Identifiant ou mot de passe inexact/).waitFor();
    expect((await page.getByLabel('Adresse professionnelle').inputValue()) === 'dec@dijon.example', 'the address is lost');
  });
  await look(page, 'connexion refusée');
  await test('an empty form says which field is missing, in French', async () => {
    await page.goto('/connexion');
    await arrive(page, 'Se connecter');
    await press(page, 'Voir mon épreuve');
    const said = await page.evaluate(() => document.activeElement.validationMessage);
    expect(said === 'Choisissez dans la liste.', said);
  });
  await test('two passwords that differ, then one too short, are told', async () => {
    await section(page, 'Choisir mon mot de passe');
    await choose(page, 'Académie ou service des examens', 'Dijon');
    await type(page, 'Numéro de candidat', '2210006096');
    await type(page, 'Code de première connexion', 'AAAAA-AAAAA');
    await type(page, 'Mot de passe', 'court');
    await type(page, 'Le même, une seconde fois', 'courd');
    await press(page, 'Enregistrer et entrer');
    await page.getByText(/Les deux saisies diffèrent/).waitFor();
    await type(page, 'Le même, une seconde fois', 'court');
    await press(page, 'Enregistrer et entrer');
    await page.getByText(/trop court/).waitFor();
  });
  await look(page, 'premier accès refusé');
  await test('an address with an accent, or with a line break in it, makes no account', async () => {
    await section(officer, 'Comptes', 'Comptes et mandats');
    await type(officer, 'Nom', 'de Châteauvieux-Montmorency');
    await type(officer, 'Prénom', 'Anne-Élisabeth');
    await type(officer, 'Adresse professionnelle', 'anne-élisabeth@ecole.example');
    await choose(officer, 'Périmètre', 'Arobase');
    await press(officer, 'Créer le compte et envoyer le lien');
    const said = await officer.evaluate(() => document.activeElement.validationMessage);
    expect(/sans accent/.test(said), said);
    // A browser strips line breaks of such a field; the server is asked directly.
    await officer.getByLabel('Adresse professionnelle').evaluate((field) => (field.type = 'text'));
    await type(officer, 'Adresse professionnelle', 'a@ecole.example Bcc: b@ecole.example');
    await press(officer, 'Créer le compte et envoyer le lien');
    await officer.getByText(/Cette adresse électronique n’est pas valable/).waitFor();
    expect((await officer.getByLabel('Prénom').inputValue()) === 'Anne-Élisabeth', 'what was typed is lost');
  });
  for (const [name, bytes, said] of FILES) {
    await test(`${name} is refused in words`, async () => {
      const path = join(house.data, name);
      writeFileSync(path, bytes);
      await check(officer, 'Candidats', path);
      await officer.getByText(said).first().waitFor();
      expect((await officer.getByRole('button', { name: /^Écrire/ }).count()) === 0, 'it could be written');
    });
  }
  await look(officer, 'import, fichier refusé');
  await test('the door opens again with the right words', async () => {
    await page.goto('/connexion');
    await type(page, 'Adresse professionnelle', 'dec@dijon.example');
    await type(page, 'Mot de passe', PASSWORD);
    await press(page, 'Se connecter');
    await arrive(page, 'À faire');
    await press(page, 'Se déconnecter');
    await arrive(page, 'Se connecter');
  });
}
