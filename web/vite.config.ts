import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { offlineList } from './scripts/offline.mjs';
import { trustedDocuments } from './scripts/trusted.mjs';
import { typography } from './scripts/typography.mjs';

const gateway = 'http://localhost:8080';

export default defineConfig({
  plugins: [trustedDocuments(), typography(), svelte(), offlineList()],
  build: {
    target: 'es2022',
    // The policy of the gateway forbids what is inline, images included.
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index.html', 'src/sw.ts'],
      // A service worker has the scope of its own address: it stands at the root, under a name that does not change.
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/graphql', '/auth', '/imports', '/sittings', '/messages/', '/candidate/'].map((path) => [path, gateway]),
    ),
  },
  test: { include: ['src/**/*.test.ts', 'scripts/*.test.mjs'] },
});
