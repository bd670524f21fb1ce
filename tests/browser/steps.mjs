// What every scenario is made of: a counted test, a look at the screen, and the acts that several people do.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arrive, choose, file, follow, pick, press, type } from './keyboard.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const PASSWORD = 'quatre mots au hasard';
export const counts = { passed: 0, failed: 0, skipped: 0 };

/** One test: said, counted; a failure stops the scenario that it is part of. */
export async function test(name, act) {
  const start = performance.now();
  try {
    await act();
    counts.passed += 1;
    console.log(`ok ${name} (${Math.round(performance.now() - start)} ms)`);
  } catch (error) {
    counts.failed += 1;
    console.error(`FAILED ${name}: ${error.stack ?? error}`);
    throw error;
  }
}

/** What this machine lacks: said, and counted as such. */
export function skip(name, reason) {
  counts.skipped += 1;
  console.log(`skipped ${name}: ${reason}`);
}

export function expect(right, what) {
  if (!right) throw new Error(what);
}

/** Looks at the screen as it stands: no accessibility fault, nothing wider than the window, in four settings. */
export async function look(page, name) {
  for (const [width, scheme] of [[1280, 'light'], [1280, 'dark'], [320, 'light'], [320, 'dark']]) {
    await test(`axe: ${name}, ${width} px, ${scheme}`, async () => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme });
      if (!(await page.evaluate('typeof axe !== "undefined"'))) await page.evaluate(AXE);
      const { violations } = await page.evaluate("axe.run({ resultTypes: ['violations'], elementRef: false })");
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ; ')}`);
      if (told.length > 0) throw new Error(told.join('\n'));
      const sideways = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      if (sideways > 0) throw new Error(`${sideways} px wider than the window`);
    });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

/** A one-time link, a password, and in. */
export async function enter(page, link) {
  await page.goto(`/${link}`);
  await arrive(page, 'Choisir mon mot de passe');
  expect(!page.url().includes('#'), 'the one-time link stays in the address bar');
  await type(page, 'Mot de passe', PASSWORD);
  await type(page, 'Le même, une seconde fois', PASSWORD);
  await press(page, 'Enregistrer et entrer');
  await arrive(page, 'À faire');
}

/** Goes to a section by its link, unless it is there. */
export async function section(page, name, title = name) {
  if ((await page.locator('h1').textContent()) === title) return;
  await follow(page, name);
  await arrive(page, title);
}

/** Hands a file in and asks for its check. */
export async function check(page, kind, path) {
  if (!page.url().endsWith('/import')) await section(page, 'Import', 'Importer des listes');
  await pick(page, kind);
  await file(page, 'Fichier CSV', path);
  await press(page, 'Contrôler le fichier');
}

export async function createAccount(page, { role, family, given, email, perimeter }) {
  await section(page, 'Comptes', 'Comptes et mandats');
  await type(page, 'Nom', family);
  await type(page, 'Prénom', given);
  await type(page, 'Adresse professionnelle', email);
  await choose(page, 'Rôle', role);
  await choose(page, 'Périmètre', perimeter);
  await press(page, 'Créer le compte et envoyer le lien');
  await page.getByText(`un lien à usage unique part vers ${email}`).waitFor();
}
