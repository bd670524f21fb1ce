// What the front needs without network: the frame, the staff's part and the commission's screens, no other role's.
// The service worker reads the list (src/sw.ts); its version changes whenever a file does.
import { createHash } from 'node:crypto';

const NEEDED = /\/src\/(App\.svelte|offline\/.*|exam\/.*|i18n\/(exam|visas)\.ts|pages\/SignIn\.svelte|pages\/SecondFactor\.svelte|roles\/staff\/(Staff|Todo)\.svelte|roles\/staff\/exam\/.*)$/;

/** Writes `hors-ligne.json` beside the page. */
export function offlineList() {
  return {
    name: 'offline-list',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((one) => one.type === 'chunk' && one.fileName !== 'sw.js');
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      const files = new Set();
      const add = (chunk) => {
        if (!chunk || files.has(chunk.fileName)) return;
        files.add(chunk.fileName);
        for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style);
        for (const name of chunk.imports) add(byName.get(name));
      };
      for (const chunk of chunks) {
        if (chunk.isEntry || NEEDED.test(chunk.facadeModuleId ?? '') || chunk.moduleIds.some((id) => NEEDED.test(id))) add(chunk);
      }
      const sorted = [...files].sort();
      const page = Object.values(bundle).find((one) => one.fileName === 'index.html')?.source ?? '';
      const version = createHash('sha256').update(JSON.stringify(sorted)).update(String(page)).digest('hex').slice(0, 16);
      const source = JSON.stringify({ version, files: ['/', '/icone.svg', ...sorted.map((name) => `/${name}`)] });
      this.emitFile({ type: 'asset', fileName: 'hors-ligne.json', source });
    },
  };
}
