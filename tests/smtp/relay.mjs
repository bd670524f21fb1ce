// The SMTP relay of the tests. It keeps each mail that it accepts in a folder, and is hostile on demand.
//
//   node relay.mjs --folder DIR [--port N] [--hostile] [--seed N] [--always FAULT]
//                  [--refuse ADDRESS=CODE]… [--share FAULT=NUMBER]… [--bodies all|none] [--with-parent]
//
// Written in DIR: `accepted.jsonl`, one line a mail in the order of acceptance, and with `--bodies all`
// (the default) the bytes themselves as 000001.eml, 000002.eml…; `faults.jsonl`, one line a fault.
// A mail is on disk before its 250 leaves, so that a relay which is killed forgets nothing that it accepted.
// Once it listens it prints one line, {"port":N,"version":"…"}; SIGTERM stops it, or the end of its standard
// input when `--with-parent` is given, so that it never outlives whoever started it.

import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { FAULTS, HOSTILE, dice, draw } from './faults.mjs';

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

function answerGarbage(session) {
  for (const connection of server.connections) {
    if (connection.session === session) connection._socket.write('\u0000~~ not an answer ~~\r\n');
  }
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
    size: bytes.length,
    at: new Date().toISOString(),
    acknowledged,
  };
  appendFileSync(join(options.folder, 'accepted.jsonl'), `${JSON.stringify(line)}\n`);
  return number;
}

const server = new SMTPServer({
  name: 'relay.test',
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  logger: false,
  socketTimeout: 15 * 60 * 1000,

  onConnect(session, callback) {
    const name = fault('greeting');
    if (!name) return callback();
    note(name, session);
    callback(refusal(name));
  },

  onRcptTo(address, session, callback) {
    const code = refused.get(address.address.toLowerCase());
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
          return answerGarbage(session);
        default:
          return callback(refusal(name));
      }
    });
  },
});

server.on('error', (error) => {
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
