import { expect, test } from 'vitest';
import { inspectPayload } from './inspect.ts';
import { PayloadInfo } from './payload-info.ts';
import { writePictureId, writeTl0PictureIndex } from './picture-id.ts';

const info = new PayloadInfo();
const inspect = (hex: string) => {
  const payload = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  // Not at the start of the buffer: offsets must count from the payload.
  return inspectPayload('VP8', Buffer.concat([Buffer.alloc(3), payload]), 3, payload.length, info);
};

test('a keyframe as libvpx and ffmpeg send it: 15-bit picture id 0, 1280x720', () => {
  expect(inspect('90 80 8000 9002 02 9d012a 0005 d002 004708')).toBe(true);
  expect(info).toMatchObject({ frameStart: true, keyframeStart: true, discardable: false });
  expect(info).toMatchObject({ width: 1280, height: 720 });
  expect(info).toMatchObject({
    pictureId: 0,
    pictureIdBits: 15,
    pictureIdOffset: 2,
    tl0PictureIndex: -1,
    keyIndex: -1,
  });
});

test('upscaling bits are not part of the size', () => {
  expect(inspect('10 100200 9d012a 0045 d0c2')).toBe(true);
  expect(info).toMatchObject({ keyframeStart: true, width: 1280, height: 720 });
});

test('every optional field: X N S, I L T K, 7-bit picture id', () => {
  // TL0PICIDX 0x21; TID 2, Y, KEYIDX 5; a frame tag with P set
  expect(inspect('b0 f0 11 21 a5 01')).toBe(true);
  expect(info).toMatchObject({ discardable: true, frameStart: true, keyframeStart: false, width: 0 });
  expect(info).toMatchObject({ pictureId: 0x11, pictureIdBits: 7, pictureIdOffset: 2 });
  expect(info).toMatchObject({ tl0PictureIndex: 0x21, tl0PictureIndexOffset: 3 });
  expect(info).toMatchObject({ temporalLayer: 2, layerSync: true, keyIndex: 5 });
});

test('T and K read only their own bits of the byte they share', () => {
  expect(inspect('90 20 a5 01')).toBe(true);
  expect(info).toMatchObject({ temporalLayer: 2, layerSync: true, keyIndex: -1 });
  expect(inspect('90 10 a5 01')).toBe(true);
  expect(info).toMatchObject({ temporalLayer: 0, layerSync: false, keyIndex: 5 });
});

test('only the start of the first partition starts a frame', () => {
  inspect('00 00');
  expect(info).toMatchObject({ frameStart: false, keyframeStart: false });
  inspect('11 00');
  expect(info).toMatchObject({ frameStart: false, keyframeStart: false });
  inspect('10 00');
  expect(info).toMatchObject({ frameStart: true, keyframeStart: true, width: 0, height: 0 });
});

test.each(['', '90', '90 80', '90 80 80', '90 80 8000', '90 40', '90 20', '90 10', '10'])(
  'refuses a descriptor that is cut off, or has no frame behind it: "%s"',
  (hex) => {
    expect(inspect(hex)).toBe(false);
  },
);

test('rewrites picture id and TL0PICIDX in place, in the width they have', () => {
  const long = Buffer.from('90e0ffff2120019d', 'hex');
  inspectPayload('VP8', long, 0, long.length, info);
  expect(info.pictureId).toBe(0x7fff);
  writePictureId(long, info.pictureIdOffset, 15, 0x8003);
  writeTl0PictureIndex(long, info.tl0PictureIndexOffset, 0x122);
  expect(long.toString('hex')).toBe('90e080032220019d');

  const short = Buffer.from('90807f01', 'hex');
  inspectPayload('VP8', short, 0, short.length, info);
  expect(info.pictureId).toBe(0x7f);
  writePictureId(short, info.pictureIdOffset, 7, 0x81);
  expect(short.toString('hex')).toBe('90800101');
});
