// What a first visit loads, gzipped, against its budget: a school PC is slow and so is its network.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGETS = [
  { role: 'staff', entry: 'src/roles/staff/Staff.svelte', script: 60_000, style: 15_000 },
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

const size = (files, extension) =>
  [...files].filter((file) => file.endsWith(extension)).reduce((sum, file) => sum + gzipSync(readFileSync(dist + file)).length, 0);

for (const { role, entry, script, style } of BUDGETS) {
  // A visit is the frame and one screen: the heaviest one is what counts.
  const screens = manifest[entry].dynamicImports ?? [];
  const visits = (screens.length > 0 ? screens : [entry]).map((screen) => {
    const files = new Set([...needs('index.html'), ...needs(entry), ...needs(screen)]);
    return { screen, scripts: size(files, '.js'), styles: size(files, '.css') };
  });
  const heaviest = visits.reduce((one, other) => (other.scripts > one.scripts ? other : one));
  const kilo = (bytes) => (bytes / 1000).toFixed(1);
  console.log(
    `${role}: ${kilo(heaviest.scripts)} kB of script (≤ ${script / 1000}), ${kilo(heaviest.styles)} kB of style (≤ ${style / 1000}), at ${heaviest.screen}`,
  );
  if (heaviest.scripts > script || heaviest.styles > style) process.exitCode = 1;
}
