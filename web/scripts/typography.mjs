// French typography: a mark that takes a space before it (or a guillemet, inside it) never begins a line alone. Sources are
// written with plain spaces; the build ties them. In code the same spaces are white space either way: nothing else changes.

const BEFORE = /(?<=[\p{L}\p{N}’”)»}…]) (?=[:;?!»])/gu;
const INSIDE = /(?<=«) /gu;

/** The text with its spaces tied. */
export const tie = (text) => text.replace(BEFORE, '\u00a0').replace(INSIDE, '\u00a0');

/** Ties the spaces of every component and table of words; a document's text stays what its SHA-256 says. */
export function typography() {
  return {
    name: 'typography',
    enforce: 'pre',
    transform(source, file) {
      const path = file.split('?')[0] ?? file;
      if (file !== path || !path.includes('/src/') || !/\.(svelte|ts)$/.test(path) || path.endsWith('.documents.ts')) return null;
      return { code: tie(source), map: null };
    },
  };
}
