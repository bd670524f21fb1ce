// Writes the lists of trusted documents beside the schemas, or with --check says whether they are fresh.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse, validate } from 'graphql';
import { all } from './trusted.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const found = all(here('../src'));
let wrong = 0;
for (const [name, list] of Object.entries(found)) {
  const schema = buildSchema(readFileSync(here(`../../crates/gateway/schema/${name}.graphql`), 'utf8'));
  for (const text of Object.values(list)) {
    for (const error of validate(schema, parse(text))) {
      console.error(`${name}: ${error.message}\n${text}\n`);
      wrong += 1;
    }
  }
  const sorted = Object.fromEntries(Object.entries(list).sort(([one], [other]) => (one < other ? -1 : 1)));
  const path = here(`../../crates/gateway/schema/documents.${name}.json`);
  const text = `${JSON.stringify(sorted, null, 2)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${name}: the list is not fresh; run « npm run documents ».`);
    wrong += 1;
  }
  console.log(`${name}: ${Object.keys(list).length} documents`);
}
process.exitCode = wrong ? 1 : 0;
