import { expect, test } from 'vitest';
import { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { DependencyLog } from './dependency-log.ts';
import { streamOf } from './layer-stream-fixture.ts';

test('gives back what the descriptors told of each packet, and nothing of those that are gone', () => {
  const { packets } = streamOf('chromium-av1-l3t3-key');
  const log = new DependencyLog(256);
  for (const { sequence, info } of packets) log.record(sequence, info);
  for (const { sequence, info } of packets.slice(-256)) {
    const restored = new PayloadInfo();
    // What the payload itself tells.
    restored.keyframeStart = info.keyframeStart;
    log.restore(sequence, restored);
    expect(restored).toEqual(info);
  }
  const untouched = new PayloadInfo();
  log.restore(packets[0]?.sequence ?? 0, untouched);
  expect(untouched).toEqual(new PayloadInfo());
});
