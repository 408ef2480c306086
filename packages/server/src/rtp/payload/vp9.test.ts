import { expect, test } from 'vitest';
import { inspectPayload } from './inspect.ts';
import { PayloadInfo } from './payload-info.ts';

const info = new PayloadInfo();
const inspect = (hex: string) => {
  const payload = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return inspectPayload('VP9', Buffer.concat([Buffer.alloc(3), payload]), 3, payload.length, info);
};

test('the start of a keyframe with two spatial layers: the largest size counts', () => {
  // I L B V; picture id 0x1234; TID 0, U, SID 0; TL0PICIDX 7; SS: 2 layers with sizes, group of 1: TID 0, R 1, P_DIFF 1
  expect(inspect('aa 9234 10 07 38 0140 00b4 0280 0168 01 04 01 82')).toBe(true);
  expect(info).toMatchObject({ frameStart: true, frameEnd: false, keyframeStart: true, width: 640, height: 360 });
  expect(info).toMatchObject({ pictureId: 0x1234, pictureIdBits: 15, pictureIdOffset: 1 });
  expect(info).toMatchObject({ tl0PictureIndex: 7, tl0PictureIndexOffset: 4, switchingUpPoint: true });
  expect(info).toMatchObject({ spatialLayer: 0, temporalLayer: 0, interLayerPredicted: false });
});

test('the upper layer of a keyframe is no place to start', () => {
  expect(inspect('ac 05 03 07 82')).toBe(true); // I L B E; SID 1, D
  expect(info).toMatchObject({ frameStart: true, frameEnd: true, keyframeStart: false });
  expect(info).toMatchObject({ pictureId: 5, pictureIdBits: 7, spatialLayer: 1, interLayerPredicted: true });
  expect(info).toMatchObject({ tl0PictureIndex: 7, upperLayersIndependent: false });
});

test('an inter-picture predicted frame with temporal layer 2 in flexible mode has references and no TL0PICIDX', () => {
  expect(inspect('f9 05 50 03 05 06 82')).toBe(true); // I P L F B Z; TID 2, U; P_DIFF 1, 2, 3
  expect(info).toMatchObject({
    frameStart: true,
    keyframeStart: false,
    interPicturePredicted: true,
    temporalLayer: 2,
    switchingUpPoint: true,
  });
  expect(info).toMatchObject({ tl0PictureIndex: -1, tl0PictureIndexOffset: -1, upperLayersIndependent: true });
});

test('the middle of a keyframe is not its start; without layer indices a start is one', () => {
  expect(inspect('00 82')).toBe(true);
  expect(info.keyframeStart).toBe(false);
  expect(inspect('08 82')).toBe(true);
  expect(info.keyframeStart).toBe(true);
});

test.each([
  ['nothing', ''],
  ['no frame', '08'],
  ['picture id', '88'],
  ['second half of the picture id', '88 92'],
  ['layer indices', 'a8 05'],
  ['TL0PICIDX', 'a8 05 10'],
  ['references', '58 03'],
  ['a fourth reference', '58 03 03 03 02 82'],
  ['scalability structure', '0a'],
  ['sizes', '0a 30 0140 00b4 0280 01'],
  ['picture group', '0a 08'],
  ['pictures of the group', '0a 08 02 00'],
  ['references of the group', '0a 08 01 0c 01 02'],
])('refuses a descriptor without its %s', (_, hex) => {
  expect(inspect(hex)).toBe(false);
});

test.each([
  ['0', '08 82', 0], // frame_marker 10, profile_low_bit, profile_high_bit
  ['1', '08 a2', 1],
  ['2', '08 92', 2],
  ['3', '08 b0', 3],
  ['none behind the first packet of a frame', '00 a2', -1],
])('reads the profile: %s', (_, hex, profile) => {
  expect(inspect(hex)).toBe(true);
  expect(info.profile).toBe(profile);
});
