import { expect, test } from 'vitest';
import { inspectPayload } from './inspect.ts';
import { PayloadInfo } from './payload-info.ts';

const info = new PayloadInfo();
const inspect = (hex: string) => {
  const payload = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return inspectPayload('H264', Buffer.concat([Buffer.alloc(3), payload]), 3, payload.length, info);
};

// Parameter sets written by x264.
const baseline720p = '6742c01fda014016ec0440000003004000000f03c60ca8';
const high1080Interlaced = '67640028acd94078044fde0220000003002000000783e2c5b2c0';
const high444Odd = '67f4001e919b281485fc7cf80880000003008000001e078b16cb';

test.each([
  ['1280x720, baseline', baseline720p, 1280, 720],
  ['1920x1080, interlaced and cropped from 1088', high1080Interlaced, 1920, 1080],
  ['642x362, 4:4:4, cropped by single pixels', high444Odd, 642, 362],
])('reads the size from a parameter set: %s', (_, hex, width, height) => {
  expect(inspect(hex)).toBe(true);
  expect(info).toMatchObject({ keyframeStart: true, frameStart: true, parameterSets: true, width, height });
});

test.each([
  ['baseline', baseline720p, 66, false],
  ['high, interlaced', high1080Interlaced, 100, true],
  ['high 4:4:4', high444Odd, 244, false],
])('reads profile and interlacing from a parameter set: %s', (_, hex, profile, interlaced) => {
  expect(inspect(hex)).toBe(true);
  expect(info).toMatchObject({ profile, interlaced });
  expect(inspect('65 88')).toBe(true);
  expect(info).toMatchObject({ profile: -1, interlaced: false });
});

// first_mb_in_slice 0 is 1; slice_type as ue(v) behind it.
test.each([
  ['P', '41 c0', false], // 1 1
  ['B', '41 a0', true], // 1 010
  ['I', '41 b0', false], // 1 011
  ['P alone', '41 98', false], // 1 00110
  ['B alone', '41 9c', true], // 1 00111
  ['I alone', '41 88', false], // 1 0001000
  ['B in a later slice of its picture', '41 50', false], // 010 1...
  ['B in a STAP-A', '18 0002 01a0', true],
  ['B in a first fragment', '5c 81 a0', true],
  ['B in another fragment', '5c 01 a0', false],
])('finds the start of a B slice: %s', (_, hex, bidirectional) => {
  expect(inspect(hex)).toBe(true);
  expect(info.bidirectional).toBe(bidirectional);
});

test('a parameter set that is cut off still starts a keyframe, of unknown size', () => {
  expect(inspect(baseline720p.slice(0, 14))).toBe(true);
  expect(info).toMatchObject({ keyframeStart: true, width: 0, height: 0 });
});

test('STAP-A of parameter sets, as ffmpeg sends it before an IDR', () => {
  expect(inspect(`18 0017 ${baseline720p} 0004 68ce3c80 0002 6588`)).toBe(true);
  expect(info).toMatchObject({
    keyframeStart: true,
    parameterSets: true,
    width: 1280,
    height: 720,
    discardable: false,
  });
});

test('an IDR picture starts with its first slice, alone or in its first fragment', () => {
  expect(inspect('65 88')).toBe(true);
  expect(info).toMatchObject({ keyframeStart: true, frameStart: true, parameterSets: false });
  expect(inspect('65 48')).toBe(true); // first_mb_in_slice is not 0
  expect(info).toMatchObject({ keyframeStart: false, frameStart: false });
  expect(inspect('7c 85 88')).toBe(true); // FU-A with S
  expect(info).toMatchObject({ keyframeStart: true, frameStart: true });
  expect(inspect('7c 05 88')).toBe(true);
  expect(info).toMatchObject({ keyframeStart: false, frameStart: false });
  expect(inspect('7c 45 88')).toBe(true); // FU-A with E
  expect(info).toMatchObject({ keyframeStart: false, frameStart: false });
});

test('a slice that nothing refers to is discardable, in each packet form', () => {
  expect(inspect('01 9a')).toBe(true);
  expect(info).toMatchObject({ discardable: true, frameStart: true, keyframeStart: false });
  expect(inspect('41 9a')).toBe(true);
  expect(info.discardable).toBe(false);
  expect(inspect('1c 01 9a')).toBe(true);
  expect(info.discardable).toBe(true);
  expect(inspect('18 0002 0910 0002 019a')).toBe(true);
  expect(info.discardable).toBe(true);
});

test('a STAP-A unit may be a bare header, as an end of sequence is', () => {
  expect(inspect('18 0002 019a 0001 0a')).toBe(true);
});

test('a delimiter or SEI before the picture starts the frame and is not discardable', () => {
  expect(inspect('09 10')).toBe(true);
  expect(info).toMatchObject({ frameStart: true, keyframeStart: false, discardable: false });
  expect(inspect('06 05')).toBe(true);
  expect(info).toMatchObject({ frameStart: true, keyframeStart: false, discardable: false });
});

test.each([
  ['no bytes', ''],
  ['NAL unit type 0', '60 88'],
  ['STAP-B', '19 0000 0002 6588'],
  ['FU-A without a byte of NAL unit', '7c 85'],
  ['an empty STAP-A', '18'],
  ['a STAP-A unit beyond the packet', '18 0003 6588'],
  ['a STAP-A unit of no length', '18 0000 6588'],
  ['half a STAP-A length', '18 0002 6588 00'],
])('refuses %s', (_, hex) => {
  expect(inspect(hex)).toBe(false);
});
