// What a first visit loads, gzipped, against its budget: a school PC is slow and so is its network.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGETS = [
  { role: 'staff', entry: 'src/roles/staff/Staff.svelte', beside: ['src/i18n/organisation.ts'], script: 60_000, style: 15_000 },
  // A commission's post is the slowest: its day, a grid, an appreciation, each as the first page of the morning.
  { role: 'commission', entry: 'src/roles/staff/Staff.svelte', screen: 'src/roles/staff/exam/Exam.svelte', later: /(Kept|Validate|Reopening|LastActs)\.svelte$/, beside: ['src/offline/desk.ts'], script: 60_000, style: 15_000 },
  { role: 'candidate', entry: 'src/roles/candidate/Candidate.svelte', script: 45_000, style: 15_000 },
];
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8'));

/** The files that a chunk needs before it runs. */
function needs(name, files = new Set()) {
  const chunk = manifest[name];
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const other of chunk.imports ?? []) needs(other, files);
  return files;
}

/** What is opened within a screen, one after the other: each path down is a visit. `later` is fetched when something happens. */
function within(name, later) {
  // A screen may fetch ahead what a part of it opens: that is no visit of its own.
  const all = (manifest[name].dynamicImports ?? []).filter((one) => one.endsWith('.svelte') && !later?.test(one));
  const inner = all.filter((one) => !all.some((other) => (manifest[other].dynamicImports ?? []).includes(one)));
  return inner.flatMap((one) => {
    const deeper = within(one, later);
    return deeper.length > 0 ? deeper.map((path) => `${one} ${path}`) : [one];
  });
}

const PARTS = BUDGETS.flatMap(({ screen }) => screen ?? []);
const size = (files, extension) =>
  [...files].filter((file) => file.endsWith(extension)).reduce((sum, file) => sum + gzipSync(readFileSync(dist + file)).length, 0);

for (const { role, entry, screen: part, later, beside = [], script, style } of BUDGETS) {
  // A visit is the frame and one screen: the heaviest one is what counts.
  const screens = part ? within(part, later) : (manifest[entry].dynamicImports ?? []).filter((one) => !PARTS.includes(one));
  const common = [entry, ...(part ? [part] : []), ...beside.filter((one) => one in manifest)];
  const visits = (screens.length > 0 ? screens : [entry]).map((screen) => {
    const files = new Set(['index.html', ...common, ...screen.split(' ')].flatMap((name) => [...needs(name)]));
    return { screen, scripts: size(files, '.js'), styles: size(files, '.css') };
  });
  const heaviest = visits.reduce((one, other) => (other.scripts > one.scripts ? other : one));
  const kilo = (bytes) => (bytes / 1000).toFixed(1);
  console.log(
    `${role}: ${kilo(heaviest.scripts)} kB of script (≤ ${script / 1000}), ${kilo(heaviest.styles)} kB of style (≤ ${style / 1000}), at ${heaviest.screen}`,
  );
  if (heaviest.scripts > script || heaviest.styles > style) process.exitCode = 1;
}
