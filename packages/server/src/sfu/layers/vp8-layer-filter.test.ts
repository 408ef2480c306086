import { expect, test } from 'vitest';
import { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { verdict } from './layer-filter.ts';
import { Vp8LayerFilter } from './vp8-layer-filter.ts';

/** Pictures of one packet each, as `2y`: temporal layer, and y where Y is set. */
function judge(filter: Vp8LayerFilter, first: number, pictures: string): string {
  const names = pictures.split(' ');
  const passed = names.filter((name, index) => {
    const info = new PayloadInfo();
    info.frameStart = true;
    info.keyframeStart = name === 'key';
    info.temporalLayer = info.keyframeStart ? 0 : Number(name[0]);
    info.layerSync = name.endsWith('y');
    return filter.judge(info, first + index, (first + index) * 3000) !== verdict.drop;
  });
  return passed.join(' ');
}

test('a layer is joined where it refers to the base layer alone', () => {
  const filter = new Vp8LayerFilter();
  filter.select(0, 0);
  expect(judge(filter, 0, 'key 2y 1y 2 0')).toBe('key 0');
  filter.select(0, 2);
  expect(judge(filter, 5, '2 1 2 0 2y 1y 2 0 2 1 2')).toBe('0 2y 1y 2 0 2 1 2');
});

test('a layer above one that was left out is left again, for it may refer to that', () => {
  const filter = new Vp8LayerFilter();
  filter.select(0, 0);
  expect(judge(filter, 0, 'key 0')).toBe('key 0');
  filter.select(0, 2);
  expect(judge(filter, 2, '2y 1 2 0 2 1y 2 2y')).toBe('2y 0 1y 2y');
});

test('a keyframe brings all that is wanted', () => {
  const filter = new Vp8LayerFilter();
  filter.select(0, 0);
  judge(filter, 0, 'key 0');
  filter.select(0, 1);
  expect(judge(filter, 2, '1 key 2 1 2 0')).toBe('key 1 0');
});
