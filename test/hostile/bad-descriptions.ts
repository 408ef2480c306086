import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RandomBytes } from './random-bytes.ts';

const folder = resolve(import.meta.dirname, '../../packages/server/src/sdp/fixtures');

/** Offers of real browsers and encoders. */
export const realOffers: readonly string[] = globSync('*.sdp', { cwd: folder })
  .sort()
  .map((name) => readFileSync(resolve(folder, name), 'utf8'));

type Damage = (lines: string[], random: RandomBytes) => string;

const damages: readonly [Damage, ...Damage[]] = [
  function cutOff(lines, random) {
    const text = lines.join('\r\n');
    return text.slice(0, 1 + random.below(text.length - 1));
  },
  function loseLines(lines, random) {
    const from = 1 + random.below(lines.length - 1);
    return lines.toSpliced(from, 1 + random.below(10)).join('\r\n');
  },
  function repeatLines(lines, random) {
    const from = random.below(lines.length);
    return lines.toSpliced(from, 0, ...lines.slice(from, from + 1 + random.below(40))).join('\r\n');
  },
  function shuffle(lines, random) {
    return lines
      .map((line) => ({ line, place: random.below(2 ** 32) }))
      .sort((one, other) => one.place - other.place)
      .reduce((text, { line }) => `${text}${line}\r\n`, 'v=0\r\n');
  },
  function changeNumber(lines, random) {
    const number = random.pick(['-1', '0', '65536', '4294967296', '99999999999999999999', '1e9', 'NaN', '']);
    const at = random.below(lines.length);
    return lines.with(at, lines[at]?.replace(/\d+/, number) ?? '').join('\r\n');
  },
  function changeBytes(lines, random) {
    const bytes = Buffer.from(lines.join('\r\n'));
    for (let count = 0; count < 20; count += 1) bytes[random.below(bytes.length)] = random.below(256);
    return bytes.toString('latin1');
  },
];

/** An offer with something wrong in it, or so it may be: some damage does no harm. */
export function damaged(offer: string, random: RandomBytes): string {
  return random.pick(damages)(offer.split(/\r?\n/), random);
}
