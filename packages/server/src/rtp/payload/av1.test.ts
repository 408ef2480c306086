import { expect, test } from 'vitest';
import { inspectPayload } from './inspect.ts';
import { PayloadInfo } from './payload-info.ts';

const info = new PayloadInfo();
const inspect = (hex: string) => {
  const payload = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return inspectPayload('AV1', Buffer.concat([Buffer.alloc(3), payload]), 3, payload.length, info);
};

test('N with a sequence header in front starts a keyframe, with W 0, 1 and 2', () => {
  expect(inspect('08 02 0800 02 3010')).toBe(true);
  expect(info).toMatchObject({ keyframeStart: true, frameStart: true });
  expect(inspect('18 0800')).toBe(true);
  expect(info).toMatchObject({ keyframeStart: true, frameStart: true });
  expect(inspect('28 02 0800 3010')).toBe(true);
  expect(info).toMatchObject({ keyframeStart: true, frameStart: true });
});

test('a temporal delimiter in front is passed by', () => {
  expect(inspect('38 01 10 02 0800 3010')).toBe(true);
  expect(info.keyframeStart).toBe(true);
});

test('a frame without N, or N without a sequence header, is no keyframe start', () => {
  expect(inspect('10 3010')).toBe(true);
  expect(info).toMatchObject({ keyframeStart: false, frameStart: true });
  expect(inspect('18 3010')).toBe(true);
  expect(info).toMatchObject({ keyframeStart: false, frameStart: true });
});

test('the rest of an OBU and further tiles do not start a frame', () => {
  expect(inspect('90 0800')).toBe(true); // Z
  expect(info).toMatchObject({ keyframeStart: false, frameStart: false });
  expect(inspect('10 2000')).toBe(true); // tile group
  expect(info).toMatchObject({ keyframeStart: false, frameStart: false });
});

test('the shortest payload is one header', () => {
  expect(inspect('10 30')).toBe(true);
  expect(info.frameStart).toBe(true);
});

test('layers that only the first packet of a frame could tell are left out', () => {
  expect(inspect('10 34 a8 00')).toBe(true); // frame, extension: temporal 5, spatial 1
  expect(info).toMatchObject({ frameStart: true, temporalLayer: 0, spatialLayer: 0 });
});

test('an element length may take several bytes', () => {
  expect(inspect(`00 8201 ${'30'.padEnd(260, '0')}`)).toBe(true);
  expect(info.frameStart).toBe(true);
});

test.each([
  ['no bytes', ''],
  ['only the aggregation header', '10'],
  ['Z with N', '98 0800'],
  ['an element beyond the packet', '20 03 3010'],
  ['an element of no length', '00 00 3010'],
  ['a length without an end', '00 ff ff ff ff ff'],
])('refuses %s', (_, hex) => {
  expect(inspect(hex)).toBe(false);
});
