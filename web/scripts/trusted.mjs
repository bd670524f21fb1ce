// Trusted documents: the gateway reads only those that the front was built with, each by the SHA-256 of its text.
// One reading of the sources serves the build (which sends ids) and the lists beside the schemas.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = /\b(staff|candidate)\(`([^`]*)`\)/g;

/** The SHA-256 of a document's text, as the gateway knows it. */
export function id(text) {
  return createHash('sha256').update(text).digest('hex');
}

/** The documents of a source, each with its schema and its text. */
export function documents(source) {
  return [...source.matchAll(DOCUMENT)].map(([, schema, text]) => ({ schema, text: text.trim() }));
}

/** Every document of the front, by schema: `{staff: {id: text}, candidate: {…}}`. */
export function all(folder) {
  const found = { staff: {}, candidate: {} };
  for (const name of readdirSync(folder, { recursive: true }).sort()) {
    if (!name.endsWith('.documents.ts')) continue;
    for (const { schema, text } of documents(readFileSync(join(folder, name), 'utf8'))) found[schema][id(text)] = text;
  }
  return found;
}

/** Replaces each document of a source by its id: the text stays at home. */
export function trustedDocuments() {
  return {
    name: 'trusted-documents',
    enforce: 'pre',
    transform(source, file) {
      if (!file.endsWith('.documents.ts')) return null;
      const code = source.replace(DOCUMENT, (_, schema, text) => `${schema}(${JSON.stringify(id(text.trim()))})`);
      return { code, map: null };
    },
  };
}
