// A house of the tests: the real binary, a folder of its own, the mail that it leaves there.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const samples = join(root, 'tests/data/samples');
export const program = process.env.DELOS_TEST_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug/delos');

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whoever the relay of the tests refuses: a candidate of the ponctuelle form of Dijon. */
export const refused = 'daphne.ileperrot.96@eleve.example';

/** The relay of the tests, which keeps what it accepts in a folder; null where it is not installed. */
export async function relay(folder, refuse) {
  const script = process.env.DELOS_TEST_SMTP_RELAY;
  if (!script) return null;
  const words = refuse.flatMap((address) => ['--refuse', `${address}=550`]);
  const relaying = spawn(process.execPath, [script, '--folder', folder, '--with-parent', ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(relaying.stdout, 'data');
  return { port: JSON.parse(String(line).split('\n')[0]).port, end: () => relaying.kill('SIGTERM') };
}

/** Lays a house, serves it, and gives back its address, its administrator's link and how to end it. */
export async function lay({ regulation = 'bts-sio-2024-e5', refuse = [] } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'delos-browser-'));
  const run = (...words) => execFileSync(program, [...words, '--data', data], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await freePort();
  const said = run('init', '--admin-email', 'admin@delos.example', '--session', '2027', '--regulation', regulation);
  run('session', 'set', join(samples, 'session-2027.toml'), '--session', '2027');
  const base = `http://localhost:${port}`;
  const post = await relay(join(data, 'mail'), refuse);
  const mail = post ? { DELOS_MAIL__RELAY: `smtp://127.0.0.1:${post.port}`, DELOS_MAIL__TLS: 'none' } : {};
  const server = spawn(program, ['serve', '--development', '--data', data, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DELOS_LOG__LEVEL: 'warn', ...mail },
  });
  for (let tries = 0; ; tries += 1) {
    if ((await fetch(`${base}/readyz`).catch(() => null))?.ok) break;
    if (tries > 200) throw new Error('the house does not open');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const ended = new Promise((resolve) => server.once('exit', resolve));
  return {
    base,
    data,
    /** Whether the relay refuses somebody. */
    refuses: post !== null,
    link: /premier-acces#\S+/.exec(said)[0],
    run,
    async end() {
      server.kill('SIGTERM');
      const code = await ended;
      post?.end();
      rmSync(data, { recursive: true, force: true });
      return code;
    },
  };
}

/** The plain text of a mail: headers unfolded, quoted-printable and base64 undone. */
function text(mail) {
  const boundary = mail.split(/\r?\n--/);
  const part = boundary.find((one) => /content-type: text\/plain/i.test(one)) ?? mail;
  const [head, ...rest] = part.split(/\r?\n\r?\n/);
  const body = rest.join('\n\n');
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString('utf8');
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The text of the mail that came to an address, waited for. */
export async function mailTo(house, address) {
  const folder = join(house.data, 'mail');
  for (let tries = 0; tries < 300; tries += 1) {
    const names = (() => {
      try {
        return readdirSync(folder).filter((name) => name.endsWith('.eml')).sort().reverse();
      } catch {
        return [];
      }
    })();
    for (const name of names) {
      const mail = readFileSync(join(folder, name), 'utf8');
      if (new RegExp(`^To:.*${address.replaceAll('.', '\\.')}`, 'im').test(mail)) return text(mail);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail to ${address}`);
}

/** How many mails stand in the folder. */
export const mails = (house) => readdirSync(join(house.data, 'mail')).filter((name) => name.endsWith('.eml')).length;

/** The rows of a sample file that belong to one academy: an officer imports those of her own. */
export function ofAcademy(house, name, academy) {
  const rows = (file) => readFileSync(join(samples, file), 'utf8').split(/\r?\n/).filter(Boolean);
  const columns = (header) => header.replace(/^\uFEFF/, '').split(';');
  const [schoolHeader, ...schools] = rows('etablissements.csv');
  const place = columns(schoolHeader).indexOf('Académie');
  const own = new Set(schools.map((row) => row.split(';')).filter((cells) => cells[place] === academy).map((cells) => cells[0]));
  const [header, ...all] = rows(name);
  const [uai, where] = [columns(header).indexOf('UAI'), columns(header).indexOf('Académie')];
  const kept = all.filter((row) => {
    const cells = row.split(';');
    return cells[uai] ? own.has(cells[uai]) : cells[where] === academy;
  });
  const path = join(house.data, name);
  writeFileSync(path, `${[header, ...kept].join('\n')}\n`);
  return path;
}
