import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { connect as secured } from 'node:tls';
import { FAULTS, HOSTILE, REFUSED, dice, draw, isRefused } from './faults.mjs';

const RELAY = new URL('./relay.mjs', import.meta.url).pathname;

/** A relay in a folder of its own, and what it has accepted so far. */
async function relay(context, ...args) {
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  const child = spawn(process.execPath, [RELAY, '--folder', folder, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  context.after(() => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const line = await new Promise((resolve) => child.stdout.once('data', resolve));
  const accepted = () =>
    existsSync(join(folder, 'accepted.jsonl'))
      ? readFileSync(join(folder, 'accepted.jsonl'), 'utf8').trim().split('\n').map((text) => JSON.parse(text))
      : [];
  return { port: JSON.parse(line).port, folder, accepted };
}

/** Talks SMTP line by line; answers what the relay said, 'closed' when it hung up. */
async function converse(port, lines) {
  const socket = connect(port, '127.0.0.1');
  let buffer = '';
  let wake = () => {};
  let closed = false;
  socket.on('data', (chunk) => { buffer += chunk; wake(); });
  socket.on('close', () => { closed = true; wake(); });
  socket.on('error', () => {});
  const answer = async () => {
    for (;;) {
      const end = buffer.match(/^\d{3} .*\r\n/m);
      if (end) {
        const text = buffer.slice(0, end.index + end[0].length);
        buffer = buffer.slice(text.length);
        return end[0].slice(0, 3);
      }
      if (closed) return 'closed';
      await new Promise((resolve) => { wake = resolve; });
    }
  };
  const answers = [await answer()];
  for (const line of lines) {
    if (line === null) { socket.destroy(); break; }
    socket.write(line);
    answers.push(await answer());
    if (answers.at(-1) === 'closed') break;
  }
  socket.destroy();
  return answers;
}

const MAIL = 'Message-ID: <a@b>\r\nSubject: x\r\n\r\nBonjour\r\n.\r\n';
const ENVELOPE = ['EHLO client\r\n', 'MAIL FROM:<a@b.fr>\r\n', 'RCPT TO:<c@d.fr>\r\n', 'DATA\r\n'];

test('a mail is kept with its bytes, its Message-ID and its recipient', async (context) => {
  const { port, folder, accepted } = await relay(context);
  assert.deepEqual(await converse(port, [...ENVELOPE, MAIL]), ['220', '250', '250', '250', '354', '250']);
  assert.equal(accepted().length, 1);
  assert.equal(accepted()[0].messageId, '<a@b>');
  assert.deepEqual(accepted()[0].to, ['c@d.fr']);
  assert.equal(accepted()[0].acknowledged, true);
  assert.equal(readFileSync(join(folder, '000001.eml'), 'latin1'), MAIL.slice(0, -3));
});

test('a client that dies before the dot has sent nothing', async (context) => {
  const { port, accepted } = await relay(context);
  await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', async () => {
      for (const line of ENVELOPE) { socket.write(line); await new Promise((done) => setTimeout(done, 30)); }
      socket.write('Message-ID: <a@b>\r\n\r\nBon');
      setTimeout(() => { socket.destroy(); setTimeout(resolve, 100); }, 50);
    });
  });
  assert.deepEqual(accepted(), []);
});

for (const [name, answers, kept] of [
  ['greeting-421', ['421'], 0],
  ['recipient-450', ['220', '250', '250', '450'], 0],
  ['recipient-550', ['220', '250', '250', '550'], 0],
  ['cut-data', ['220', '250', '250', '250', '354', 'closed'], 0],
  ['data-451', ['220', '250', '250', '250', '354', '451'], 0],
  ['data-554', ['220', '250', '250', '250', '354', '554'], 0],
  ['cut-after-dot', ['220', '250', '250', '250', '354', 'closed'], 1],
]) {
  test(`${name} answers ${answers.at(-1)} and keeps ${kept}`, async (context) => {
    const { port, accepted } = await relay(context, '--always', name);
    const lines = [...ENVELOPE, MAIL].slice(0, answers.length - 1);
    assert.deepEqual(await converse(port, lines), answers);
    assert.equal(accepted().length, kept);
    assert.ok(accepted().every((mail) => mail.acknowledged === false));
  });
}

test('a share of one strikes every time, and the mix alone never without it', async (context) => {
  const cut = await relay(context, '--share', 'cut-after-dot=1');
  assert.equal((await converse(cut.port, [...ENVELOPE, MAIL])).at(-1), 'closed');
  const calm = await relay(context);
  assert.equal((await converse(calm.port, [...ENVELOPE, MAIL])).at(-1), '250');
});

test('one address alone can be refused', async (context) => {
  const { port } = await relay(context, '--refuse', 'c@d.fr=550');
  const other = ENVELOPE.map((line) => line.replace('c@d.fr', 'e@f.fr'));
  assert.deepEqual(await converse(port, ENVELOPE.slice(0, 3)), ['220', '250', '250', '550']);
  assert.deepEqual(await converse(port, other.slice(0, 3)), ['220', '250', '250', '250']);
});

test('the hostile mix strikes in its shares, and the same way for the same seed', () => {
  const count = (seed) => {
    const roll = dice(seed);
    const counts = {};
    for (let mail = 0; mail < 100_000; mail += 1) {
      for (const phase of ['greeting', 'mail', 'recipient', 'data', 'dot']) {
        const name = draw(HOSTILE, phase, roll);
        if (name) counts[name] = (counts[name] ?? 0) + 1;
      }
    }
    return counts;
  };
  const counts = count(7);
  for (const [name, share] of Object.entries(HOSTILE)) {
    assert.ok(Math.abs(counts[name] / 100_000 - share) < share / 3, `${name}: ${counts[name]}`);
    assert.ok(name in FAULTS);
  }
  assert.deepEqual(count(7), counts);
  assert.notDeepEqual(count(8), counts);
});

for (const [name, kept] of [['silent-greeting', 0], ['slow-greeting', 0], ['silent-after-dot', 1], ['slow-after-dot', 1]]) {
  test(`${name} gives no answer in time and keeps ${kept}`, async (context) => {
    const { port, accepted } = await relay(context, '--always', name);
    const lines = kept ? [...ENVELOPE, MAIL] : [];
    const late = new Promise((resolve) => setTimeout(resolve, 1_500, 'late').unref());
    assert.equal(await Promise.race([converse(port, lines), late]), 'late');
    assert.equal(accepted().length, kept);
    assert.ok(accepted().every((mail) => mail.acknowledged === false));
  });
}

test('mail-421 closes at MAIL', async (context) => {
  const { port } = await relay(context, '--always', 'mail-421');
  assert.deepEqual((await converse(port, ENVELOPE.slice(0, 2))).slice(-1), ['421']);
});

test('the hostile relay refuses the same addresses for good, in their share', () => {
  const refused = (share) => Array.from({ length: 100_000 }, (_, at) => `candidat${at}@eleve.example`).filter((one) => isRefused(one, share));
  assert.ok(Math.abs(refused(REFUSED).length / 100_000 - REFUSED) < REFUSED / 5, `${refused(REFUSED).length}`);
  assert.deepEqual(refused(REFUSED), refused(REFUSED));
  assert.equal(refused(0).length, 0);
  assert.equal(isRefused('Candidat7@Eleve.example', 0.5), isRefused('candidat7@eleve.example', 0.5));
});

test('the certificate of --tls is for this machine, and of an authority that nobody knows', async (context) => {
  const { port, folder, accepted } = await relay(context, '--tls');
  const talk = (options) =>
    new Promise((resolve) => {
      const plain = connect(port, '127.0.0.1');
      const steps = ['EHLO client\r\n', 'STARTTLS\r\n'];
      plain.on('data', (chunk) => {
        if (!/^\d{3} .*\r\n/m.test(String(chunk))) return;
        if (steps.length) return plain.write(steps.shift());
        plain.removeAllListeners('data');
        const secure = secured({ socket: plain, host: 'localhost', servername: 'localhost', ...options });
        secure.on('error', (error) => { plain.destroy(); resolve(error.code); });
        secure.on('secureConnect', () => { secure.destroy(); resolve('secured'); });
      });
    });
  assert.equal(await talk({ ca: readFileSync(join(folder, 'authority.pem')) }), 'secured');
  assert.equal(await talk({}), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  assert.deepEqual(accepted(), []);
});
