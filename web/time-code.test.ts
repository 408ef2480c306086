import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTimeCode, encodeTimeCode, timeCodeColumns, timeCodeRows } from './time-code.ts';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });

/** The strip as pixels, with black and white where a lossy encoder may leave them. */
function paint(timeMs: number, width: number, height: number, black = 0, white = 255): Uint8ClampedArray {
  const bits = encodeTimeCode(timeMs);
  const luma = new Uint8ClampedArray(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * timeCodeRows) / height);
    for (let x = 0; x < width; x++) {
      const column = Math.floor((x * timeCodeColumns) / width);
      luma[y * width + x] = bits[row * timeCodeColumns + column] ? white : black;
    }
  }
  return luma;
}

/** A horizontal and vertical mean over the neighbours, as scaling down and up again leaves it. */
function blur(luma: Uint8ClampedArray, width: number, height: number): Uint8ClampedArray {
  return luma.map((_, index) => {
    const x = index % width;
    const y = Math.floor(index / width);
    let sum = 0;
    let count = 0;
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
        sum += luma[(y + dy) * width + x + dx] ?? 0;
        count += 1;
      }
    return sum / count;
  });
}

describe('time code', () => {
  it('has a fixed form', () => {
    const bits = encodeTimeCode(0x0123_4567_89ab).map(Number).join('');
    expect(bits.slice(0, 48)).toBe(BigInt(0x0123_4567_89ab).toString(2).padStart(48, '0'));
    // CRC-16/CCITT-FALSE of the bytes 01 23 45 67 89 ab.
    expect(Number.parseInt(bits.slice(48), 2)).toBe(0xc475);
  });

  it('reads back what was written, at every size from one pixel a block', () => {
    fc.assert(
      fc.property(time, fc.integer({ min: 32, max: 400 }), fc.integer({ min: 2, max: 24 }), (ms, width, height) => {
        fc.pre(width % timeCodeColumns === 0 && height % timeCodeRows === 0);
        expect(decodeTimeCode(paint(ms, width, height), width, height)).toBe(ms);
      }),
    );
  });

  it('survives weak contrast, noise and blur at a quarter of the size', () => {
    const noise = fc.array(fc.integer({ min: -25, max: 25 }), { minLength: 97, maxLength: 97 });
    fc.assert(
      fc.property(time, noise, (ms, offsets) => {
        const noisy = paint(ms, 320, 12, 40, 200).map((level, index) => level + (offsets[index % 97] ?? 0));
        expect(decodeTimeCode(blur(noisy, 320, 12), 320, 12)).toBe(ms);
      }),
    );
  });

  it('refuses a strip with one wrong block', () => {
    fc.assert(
      fc.property(time, fc.nat(63), (ms, block) => {
        const luma = paint(ms, 32, 2);
        luma[block] = 255 - (luma[block] ?? 0);
        expect(decodeTimeCode(luma, 32, 2)).toBeUndefined();
      }),
    );
  });

  it('refuses plain pictures and short input, and throws at nothing', () => {
    expect(decodeTimeCode(new Uint8ClampedArray(640), 320, 2)).toBeUndefined();
    expect(decodeTimeCode(new Uint8ClampedArray(640).fill(255), 320, 2)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8ClampedArray({ maxLength: 4096 }), fc.nat(128), fc.nat(32), (luma, width, height) => {
        const timeMs = decodeTimeCode(luma, width, height);
        expect(timeMs === undefined || Number.isSafeInteger(timeMs)).toBe(true);
      }),
    );
  });
});
