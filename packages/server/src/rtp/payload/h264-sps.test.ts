import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSpsResolution } from './h264-sps.ts';
import { PayloadInfo } from './payload-info.ts';

/** Writes a parameter set as ITU-T H.264, sections 7.3.2.1.1 and 9.1, describe it: the other direction of the reader. */
class SpsWriter {
  bits = '';

  fixed(value: number, width: number): this {
    this.bits += value.toString(2).padStart(width, '0');
    return this;
  }

  unsigned(value: number): this {
    const code = (value + 1).toString(2);
    this.bits += '0'.repeat(code.length - 1) + code;
    return this;
  }

  signed(value: number): this {
    return this.unsigned(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** Stop bit, alignment, and 3 in between wherever two zero bytes meet a byte of 3 or less. */
  toBuffer(): Buffer {
    const padded = `${this.bits}1`.padEnd(8 * Math.ceil((this.bits.length + 1) / 8), '0');
    const escaped: number[] = [];
    let zeros = 0;
    for (const [byteBits] of padded.matchAll(/.{8}/g)) {
      const byte = Number.parseInt(byteBits, 2);
      if (zeros === 2 && byte <= 3) {
        escaped.push(3);
        zeros = 0;
      }
      escaped.push(byte);
      zeros = byte === 0 ? zeros + 1 : 0;
    }
    return Buffer.from(escaped);
  }
}

const sps = fc.record({
  profile: fc.constantFrom(66, 77, 100, 110, 122, 244),
  chromaFormat: fc.integer({ min: 0, max: 3 }),
  separatePlanes: fc.boolean(),
  scalingDeltas: fc.option(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 12, maxLength: 12 })),
  orderCountType: fc.integer({ min: 0, max: 2 }),
  frameOffsets: fc.array(fc.integer({ min: -70_000, max: 70_000 }), { maxLength: 5 }),
  columns: fc.integer({ min: 2, max: 512 }),
  rows: fc.integer({ min: 2, max: 512 }),
  interlaced: fc.boolean(),
  crop: fc.option(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3))),
});
type Sps = typeof sps extends fc.Arbitrary<infer T> ? T : never;

const hasChromaFormat = (value: Sps) => value.profile >= 100;

function write(value: Sps): Buffer {
  const out = new SpsWriter().fixed(value.profile, 8).fixed(0, 8).fixed(31, 8).unsigned(0);
  if (hasChromaFormat(value)) writeChromaFormat(out, value);
  out.unsigned(4).unsigned(value.orderCountType);
  if (value.orderCountType === 0) out.unsigned(2);
  if (value.orderCountType === 1) {
    out.fixed(0, 1).signed(-1).signed(1).unsigned(value.frameOffsets.length);
    for (const offset of value.frameOffsets) out.signed(offset);
  }
  out.unsigned(1).fixed(0, 1);
  out.unsigned(value.columns - 1).unsigned(value.rows - 1);
  out.fixed(value.interlaced ? 0 : 1, 1);
  if (value.interlaced) out.fixed(1, 1);
  out.fixed(1, 1).fixed(value.crop ? 1 : 0, 1);
  for (const edge of value.crop ?? []) out.unsigned(edge);
  return out.fixed(0, 1).toBuffer();
}

function writeChromaFormat(out: SpsWriter, value: Sps): void {
  out.unsigned(value.chromaFormat);
  if (value.chromaFormat === 3) out.fixed(value.separatePlanes ? 1 : 0, 1);
  out
    .unsigned(0)
    .unsigned(0)
    .fixed(0, 1)
    .fixed(value.scalingDeltas ? 1 : 0, 1);
  const lists = value.chromaFormat === 3 ? 12 : 8;
  for (const [i, delta] of (value.scalingDeltas ?? []).slice(0, lists).entries()) {
    out.fixed(1, 1);
    // A first delta of -8 brings the scale to 0 and ends the list (use the default matrix).
    if (delta < 0) out.signed(-8);
    else for (let entry = 0; entry < (i < 6 ? 16 : 64); entry++) out.signed(entry === 0 ? delta : 0);
  }
}

/** Section 7.4.2.1.1. */
function expectedSize(value: Sps): [number, number] {
  const format = hasChromaFormat(value) ? value.chromaFormat : 1;
  const subsampled = !(format === 3 && value.separatePlanes);
  const unitX = subsampled && (format === 1 || format === 2) ? 2 : 1;
  const unitY = (subsampled && format === 1 ? 2 : 1) * (value.interlaced ? 2 : 1);
  const [left, right, top, bottom] = value.crop ?? [0, 0, 0, 0];
  const height = value.rows * 16 * (value.interlaced ? 2 : 1);
  return [value.columns * 16 - unitX * (left + right), height - unitY * (top + bottom)];
}

test('reads the size of every kind of parameter set', () => {
  fc.assert(
    fc.property(sps, (value) => {
      const bytes = write(value);
      const info = new PayloadInfo();
      readSpsResolution(bytes, 0, bytes.length, info);
      expect([info.width, info.height]).toEqual(expectedSize(value));
    }),
    { numRuns: 2000 },
  );
});

test('leaves the size alone where the set is cut off, crops all away, or has an endless code', () => {
  const info = new PayloadInfo();
  readSpsResolution(Buffer.alloc(0), 0, 0, info);
  readSpsResolution(Buffer.from('42001f0000000000000000', 'hex'), 0, 11, info);
  const allCropped = new SpsWriter()
    .fixed(66, 8)
    .fixed(0, 16)
    .unsigned(0)
    .unsigned(0)
    .unsigned(2)
    .unsigned(1)
    .fixed(0, 1);
  allCropped.unsigned(0).unsigned(0).fixed(0b111, 3).unsigned(8).unsigned(0).unsigned(0).unsigned(0);
  const bytes = allCropped.toBuffer();
  readSpsResolution(bytes, 0, bytes.length, info);
  expect(info).toMatchObject({ width: 0, height: 0 });
});
