// What the guide quotes is what the screens say: a button that changes its name changes it in the guide too.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const plain = (text) => text.replace(/[\u00a0\u202f]/g, ' ').replace(/\s+/g, ' ');
const files = (folder, end) => readdirSync(root + folder, { recursive: true }).filter((name) => end.test(name)).map((name) => readFileSync(`${root}${folder}/${name}`, 'utf8'));
const screens = plain(files('web/src', /\.(svelte|ts)$/).join('\n'));
// The words of the annexes come from the regulation, those of papers from their templates.
const papers = plain([...files('crates/regulation/sets', /\.toml$/), ...files('crates/documents', /\.(typ|rs|json)$/), ...files('crates/application/src', /\.rs$/)].join('\n'));

/** Pages whose quotations are all of screens or of papers. */
const PAGES = ['jour-de-commission', 'bordereau-et-transmission'];

/** What is quoted, without what a screen counts or names. */
const quoted = (page) => [...plain(readFileSync(`${root}docs/guide/${page}.md`, 'utf8')).matchAll(/« ([^»]+) »/g)].map(([, words]) => words.trim());

for (const page of PAGES) {
  test(`« ${page} » quotes the screens`, () => {
    const unknown = quoted(page).filter((words) => {
      // « 13,5 → 14… », « Enregistré à 10 h 42 » are made of what is typed: the words before the first figure count.
      const fixed = words.split(/\d|…/)[0].trim();
      return fixed.length > 1 && !screens.includes(fixed) && !papers.includes(fixed);
    });
    expect(unknown).toEqual([]);
  });

  test(`« ${page} » shows pictures that there are`, () => {
    const pictures = [...readFileSync(`${root}docs/guide/${page}.md`, 'utf8').matchAll(/\]\(\.\.\/pictures\/([\w-]+\.png)\)/g)].map(([, name]) => name);
    const there = readdirSync(`${root}docs/pictures`);
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.filter((name) => !there.includes(name))).toEqual([]);
  });
}
