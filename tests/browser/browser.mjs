// A private Chromium: the machine's own, with nothing of it that calls home.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const KNOWN = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
export const ARGUMENTS = [
  '--lang=fr-FR',
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Where the browser is. */
export const browserProgram = () => process.env.DELOS_TEST_CHROMIUM ?? process.env.CHROMIUM ?? KNOWN.find(existsSync);

/** Starts the browser. */
export async function launch() {
  const program = browserProgram();
  // The browser's own words (a date field, a file chooser) are French where its translations are installed.
  return chromium.launch({ executablePath: program, args: ARGUMENTS, env: { ...process.env, LANGUAGE: 'fr' } });
}

/** A page of its own, with French habits; what it logs as an error or asks of others is kept. */
export async function open(browser, base, { width = 1280, height = 900, dark = false } = {}) {
  const context = await browser.newContext({
    baseURL: base, viewport: { width, height }, locale: 'fr-FR', timezoneId: 'Europe/Paris', colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce', acceptDownloads: true,
  });
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('request', (request) => request.url().startsWith(base) || request.url().startsWith('data:') || said.push(`asked ${request.url()}`));
  return { context, page, said };
}
