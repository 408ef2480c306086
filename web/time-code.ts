/**
 * A time code that a camera could read: the time in milliseconds as black and white blocks along the bottom edge of a
 * picture. It goes through encoder, server and decoder with the picture, so that whoever reads it back knows the true
 * delay from glass to glass.
 *
 * 48 bits of time and 16 bits of checksum, most significant first, in two rows of 32 blocks: at 1280 pixels of width a
 * block is 40 x 24, and still 10 x 6 when a simulcast layer has a quarter of that.
 */
export const timeCodeColumns = 32;
export const timeCodeRows = 2;
/** The height of the strip as a share of the picture's. */
export const timeCodeHeightShare = 1 / 15;

const timeBits = 48;
const checksumBits = 16;

/** Below this difference of the darkest and the brightest block there is no time code, whatever the bits say. */
const leastContrast = 64;

/** The blocks row by row, true for white. `timeMs`: milliseconds since 1970, whole. */
export function encodeTimeCode(timeMs: number): boolean[] {
  const time = toBits(BigInt(timeMs), timeBits);
  return [...time, ...toBits(BigInt(checksum(time)), checksumBits)];
}

/**
 * Reads the strip back.
 *
 * @param luma brightness from 0 to 255 of the strip alone, row by row
 * @param width in pixels, at least one a column
 * @param height in pixels, at least one a row
 * @returns milliseconds since 1970; undefined where there is no valid time code
 */
export function decodeTimeCode(luma: ArrayLike<number>, width: number, height: number): number | undefined {
  if (width < timeCodeColumns || height < timeCodeRows || luma.length < width * height) return undefined;
  const levels: number[] = [];
  for (let row = 0; row < timeCodeRows; row++)
    for (let column = 0; column < timeCodeColumns; column++) levels.push(blockLevel(luma, width, height, column, row));

  const darkest = Math.min(...levels);
  const brightest = Math.max(...levels);
  if (brightest - darkest < leastContrast) return undefined;
  const bits = levels.map((level) => level > (darkest + brightest) / 2);
  const time = bits.slice(0, timeBits);
  return checksum(time) === Number(fromBits(bits.slice(timeBits))) ? Number(fromBits(time)) : undefined;
}

/** The mean over a block's middle: its edges are blurred by the encoder and by scaling. */
function blockLevel(luma: ArrayLike<number>, width: number, height: number, column: number, row: number): number {
  const [left, right] = middle(column, width / timeCodeColumns);
  const [top, bottom] = middle(row, height / timeCodeRows);
  let sum = 0;
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += luma[y * width + x] ?? 0;
  return sum / ((right - left) * (bottom - top));
}

/** First pixel and the one after the last, of the middle half of a block; one pixel at least. */
function middle(index: number, size: number): [number, number] {
  const first = Math.floor((index + 0.25) * size);
  return [first, Math.max(first + 1, Math.floor((index + 0.75) * size))];
}

/** CRC-16/CCITT-FALSE: polynomial 0x1021, initial value 0xffff, so that neither all black nor all white is valid. */
function checksum(bits: readonly boolean[]): number {
  let crc = 0xffff;
  for (const bit of bits) {
    const carry = ((crc >> 15) & 1) !== Number(bit);
    crc = (crc << 1) & 0xffff;
    if (carry) crc ^= 0x1021;
  }
  return crc;
}

function toBits(value: bigint, count: number): boolean[] {
  return Array.from({ length: count }, (_, index) => ((value >> BigInt(count - 1 - index)) & 1n) === 1n);
}

function fromBits(bits: readonly boolean[]): bigint {
  return bits.reduce((value, bit) => (value << 1n) | BigInt(bit), 0n);
}
