// A picture of a screen holds few colours: written with a palette of 256, it weighs a third.
import { deflateSync } from 'node:zlib';

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});
const crc = (bytes) => (bytes.reduce((sum, byte) => TABLE[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

/** Writes `width × height` pixels, four bytes each, with the 256 colours that they use most; the others take the nearest. */
export function paletted(pixels, width, height) {
  const colour = (place) => (pixels[place] << 16) | (pixels[place + 1] << 8) | pixels[place + 2];
  const uses = new Map();
  for (let place = 0; place < pixels.length; place += 4) uses.set(colour(place), (uses.get(colour(place)) ?? 0) + 1);
  // One colour a neighbourhood first: the few pixels of a rare one (the sun, a state) must not turn grey.
  const common = [...uses].sort(([, one], [, other]) => other - one).map(([value]) => value);
  const near = new Map();
  for (const value of common) if (!near.has(value & 0xe0e0e0)) near.set(value & 0xe0e0e0, value);
  const kept = [...new Set([...near.values(), ...common])].slice(0, 256);
  const distance = (one, other) => ((one >> 16) - (other >> 16)) ** 2 + (((one >> 8) & 255) - ((other >> 8) & 255)) ** 2 + ((one & 255) - (other & 255)) ** 2;
  const index = new Map(kept.map((value, place) => [value, place]));
  for (const value of uses.keys()) {
    if (!index.has(value)) index.set(value, kept.reduce((best, other, place) => (distance(value, other) < distance(value, kept[best]) ? place : best), 0));
  }
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = index.get(colour((y * width + x) * 4));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const palette = Buffer.from(kept.flatMap((value) => [value >> 16, (value >> 8) & 255, value & 255]));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('PLTE', palette), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
