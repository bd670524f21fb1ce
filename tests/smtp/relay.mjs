// The SMTP relay of the tests. It keeps each mail that it accepts in a folder, and is hostile on demand.
//
//   node relay.mjs --folder DIR [--port N] [--hostile] [--seed N] [--always FAULT]
//                  [--refuse ADDRESS=CODE]… [--share FAULT=NUMBER]… [--bodies all|none] [--tls] [--with-parent]
//
// Written in DIR: `accepted.jsonl`, one line a mail in the order of acceptance, and with `--bodies all`
// (the default) the bytes themselves as 000001.eml, 000002.eml…; `faults.jsonl`, one line a fault.
// With `--tls` it offers STARTTLS, under a certificate for 127.0.0.1 and localhost made at that moment, whose authority
// (`authority.pem` in DIR) nobody knows: whoever insists on a certificate that he can verify must not give it anything.
// A mail is on disk before its 250 leaves, so that a relay which is killed forgets nothing that it accepted.
// Once it listens it prints one line, {"port":N,"version":"…"}; SIGTERM stops it, or the end of its standard
// input when `--with-parent` is given, so that it never outlives whoever started it.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { FAULTS, HOSTILE, REFUSED, dice, draw, isRefused } from './faults.mjs';

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string' },
    port: { type: 'string', default: '0' },
    hostile: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    always: { type: 'string' },
    refuse: { type: 'string', multiple: true, default: [] },
    share: { type: 'string', multiple: true, default: [] },
    bodies: { type: 'string', default: 'all' },
    tls: { type: 'boolean', default: false },
    'with-parent': { type: 'boolean', default: false },
  },
});

if (!options.folder) {
  console.error('--folder is missing');
  process.exit(2);
}
if (options.always && !(options.always in FAULTS)) {
  console.error(`--always: one of ${Object.keys(FAULTS).join(', ')}`);
  process.exit(2);
}

const mix = options.hostile ? { ...HOSTILE } : {};
for (const [name, share] of options.share.map((line) => line.split('='))) {
  if (!(name in FAULTS) || !(Number(share) >= 0 && Number(share) <= 1)) {
    console.error(`--share ${name}=${share}: a fault and a number from 0 to 1`);
    process.exit(2);
  }
  mix[name] = Number(share);
}

mkdirSync(options.folder, { recursive: true });
const roll = dice(Number(options.seed));
const refused = new Map(options.refuse.map((line) => line.split('=')).map(([a, code]) => [a.toLowerCase(), Number(code)]));
let accepted = 0;

/** The fault that strikes at this phase of a conversation, if any. */
function fault(phase) {
  if (options.always) return FAULTS[options.always].phase === phase ? options.always : null;
  return draw(mix, phase, roll);
}

function note(name, session, details = {}) {
  const line = { fault: name, at: new Date().toISOString(), session: session.id, ...details };
  appendFileSync(join(options.folder, 'faults.jsonl'), `${JSON.stringify(line)}\n`);
}

function refusal(name) {
  const { code, text } = FAULTS[name];
  return Object.assign(new Error(text), { responseCode: code });
}

/** The socket under a session: the only way to cut a conversation short, as a failing network does. */
function cut(session) {
  for (const connection of server.connections) {
    if (connection.session === session) connection._socket.destroy();
  }
}

/** Writes under the library: what it would not say. */
function write(session, text) {
  for (const connection of server.connections) {
    if (connection.session === session && !connection._socket.destroyed) connection._socket.write(text);
  }
}

/** An answer of one byte a second, for as long as somebody listens. */
function writeSlowly(session, text) {
  let at = 0;
  const clock = setInterval(() => {
    const listening = [...server.connections].some((one) => one.session === session && !one._socket.destroyed);
    if (at >= text.length || !listening) return clearInterval(clock);
    write(session, text[at]);
    at += 1;
  }, 1000);
}

const GARBAGE = '\u0000~~ not an answer ~~\r\n';

/** A key and a certificate that one authority, made for this once, has signed. */
function certificate(folder) {
  const file = (name) => join(folder, name);
  const openssl = (...words) => execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (name) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file(name)];
  openssl('req', '-x509', ...key('authority.key'), '-out', file('authority.pem'), '-days', '2', '-subj', '/CN=Relay of the tests');
  openssl('req', '-new', ...key('relay.key'), '-out', file('relay.csr'), '-subj', '/CN=localhost');
  writeFileSync(file('relay.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl('x509', '-req', '-in', file('relay.csr'), '-CA', file('authority.pem'), '-CAkey', file('authority.key'),
    '-CAcreateserial', '-days', '2', '-extfile', file('relay.ext'), '-out', file('relay.pem'));
  return { key: readFileSync(file('relay.key')), cert: readFileSync(file('relay.pem')) };
}

/** The unfolded value of the first header of that name. */
function header(bytes, name) {
  const text = bytes.toString('latin1');
  const head = text.slice(0, text.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, ' ');
  const line = head.split(/\r?\n/).find((line) => line.toLowerCase().startsWith(`${name}:`));
  return line ? line.slice(name.length + 1).trim() : null;
}

function keep(bytes, session, acknowledged) {
  accepted += 1;
  const number = String(accepted).padStart(6, '0');
  if (options.bodies === 'all') writeFileSync(join(options.folder, `${number}.eml`), bytes);
  const line = {
    number: accepted,
    messageId: header(bytes, 'message-id'),
    from: session.envelope.mailFrom ? session.envelope.mailFrom.address : null,
    to: session.envelope.rcptTo.map((recipient) => recipient.address),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    // Before the line end that some senders put between the last line and the final dot.
    sha256Given: createHash('sha256').update(bytes.subarray(0, -2)).digest('hex'),
    size: bytes.length,
    at: new Date().toISOString(),
    acknowledged,
  };
  appendFileSync(join(options.folder, 'accepted.jsonl'), `${JSON.stringify(line)}\n`);
  return number;
}

const refusedShare = options.hostile ? REFUSED : 0;

const server = new SMTPServer({
  name: 'relay.test',
  authOptional: true,
  ...(options.tls ? certificate(options.folder) : {}),
  disabledCommands: options.tls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  socketTimeout: 15 * 60 * 1000,

  onConnect(session, callback) {
    const name = fault('greeting');
    if (!name) return callback();
    note(name, session);
    switch (name) {
      case 'silent-greeting':
        return undefined;
      case 'slow-greeting':
        return writeSlowly(session, '220 relay.test ESMTP\r\n');
      case 'garbage-greeting':
        return write(session, GARBAGE);
      default:
        return callback(refusal(name));
    }
  },

  onMailFrom(address, session, callback) {
    const name = fault('mail');
    if (!name) return callback();
    note(name, session);
    callback(refusal(name));
  },

  onRcptTo(address, session, callback) {
    const code = refused.get(address.address.toLowerCase()) ?? (isRefused(address.address, refusedShare) ? 550 : null);
    if (code) {
      note('refused', session, { to: address.address, code });
      return callback(Object.assign(new Error('Recipient refused'), { responseCode: code }));
    }
    const name = fault('recipient');
    if (!name) return callback();
    note(name, session, { to: address.address });
    callback(refusal(name));
  },

  onData(stream, session, callback) {
    const chunks = [];
    const middle = fault('data');
    let ended = false;
    stream.on('data', (chunk) => {
      if (ended) return;
      chunks.push(chunk);
      if (middle) {
        ended = true;
        note(middle, session);
        cut(session);
      }
    });
    stream.on('error', () => {
      ended = true; // the client went away before the final dot: nothing was accepted
    });
    stream.on('end', () => {
      if (ended) return;
      ended = true;
      const bytes = Buffer.concat(chunks);
      const name = fault('dot');
      if (!name) return callback(null, `queued as ${keep(bytes, session, true)}`);
      note(name, session, { messageId: header(bytes, 'message-id') });
      switch (name) {
        case 'cut-after-dot':
          keep(bytes, session, false);
          return cut(session);
        case 'silent-after-dot':
          keep(bytes, session, false);
          return undefined;
        case 'garbage-after-dot':
          keep(bytes, session, false);
          return write(session, GARBAGE);
        case 'slow-after-dot':
          keep(bytes, session, false);
          return writeSlowly(session, '250 2.0.0 Ok: queued, in the end\r\n');
        default:
          return callback(refusal(name));
      }
    });
  },
});

server.on('error', (error) => {
  // Whoever looked at the certificate and did not know its authority said so before hanging up.
  if (/alert (unknown ca|bad certificate|certificate unknown)/i.test(error.meta?.message ?? error.message)) {
    appendFileSync(join(options.folder, 'faults.jsonl'), `${JSON.stringify({ fault: 'wrong-certificate', at: new Date().toISOString() })}\n`);
  }
  // A socket that the other side, or a fault of ours, has cut is what this relay is for.
  if (error.code === 'EADDRINUSE' || error.syscall === 'listen') {
    console.error(error.message);
    process.exit(1);
  }
});

server.listen(Number(options.port), '127.0.0.1', () => {
  const { version } = createRequire(import.meta.url)('smtp-server/package.json');
  console.log(JSON.stringify({ port: server.server.address().port, version }));
});

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
if (options['with-parent']) {
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
}
