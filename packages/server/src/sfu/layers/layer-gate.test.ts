import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PassedPacket, passThrough, type StreamPacket, streamOf } from './layer-stream-fixture.ts';

const captures = ['vp8-l1t3', 'vp9-l1t3', 'vp9-l3t3', 'vp9-l3t3-key', 'av1-l1t3', 'av1-l3t3', 'av1-l3t3-key'];
const streams = new Map(captures.map((name) => [name, streamOf(`chromium-${name}`)]));

function stream(name: string) {
  const found = streams.get(name);
  if (found === undefined) throw new Error(`no capture ${name}`);
  return found;
}

/** The layers of what passed, of that part of the stream, as `S1T2`. */
function layersOf(passed: readonly PassedPacket[], from = 0, to = Number.POSITIVE_INFINITY): string[] {
  const part = passed.filter(({ sequence }) => sequence >= 0x10000 + from && sequence < 0x10000 + to);
  return [...new Set(part.map(({ info }) => `S${info.spatialLayer}T${info.temporalLayer}`))].sort();
}

function expectDecodable(passed: readonly PassedPacket[]): void {
  const frames = new Set(passed.map(({ frame }) => frame));
  for (const { frame, references } of passed) {
    for (const reference of references) expect(frames, `${frame} refers to ${reference}`).toContain(reference);
  }
}

function expectWholeFrames(packets: readonly StreamPacket[], passed: readonly PassedPacket[]): void {
  const count = (list: readonly StreamPacket[]) => {
    const counts = new Map<string, number>();
    for (const { frame } of list) counts.set(frame, (counts.get(frame) ?? 0) + 1);
    return counts;
  };
  const sent = count(packets);
  for (const [frame, packetsOfFrame] of count(passed)) expect(packetsOfFrame).toBe(sent.get(frame));
}

/** The marker stands on the last packet of each picture, and on no other. */
function expectMarkers(passed: readonly PassedPacket[]): void {
  for (const [index, packet] of passed.entries()) {
    const next = passed[index + 1];
    expect(packet.lastOfPicture, packet.frame).toBe(next === undefined || next.timestamp !== packet.timestamp);
  }
}

describe.each(captures)('%s from Chromium, layers chosen anew at random', (name) => {
  const { packets, codec } = stream(name);
  const selections = fc.array(
    fc.tuple(fc.nat(packets.length - 1), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    {
      maxLength: 12,
    },
  );

  it('passes whole frames that can be decoded, with contiguous numbers and a marker on each picture', () => {
    fc.assert(
      fc.property(selections, (selections) => {
        const passed = passThrough(stream(name), (index, filter) => {
          for (const [at, spatial, temporal] of selections) if (at === index) filter.select(spatial, temporal);
        });
        expectDecodable(passed);
        expectWholeFrames(packets, passed);
        expectMarkers(passed);
        expect(passed.map(({ out }) => out)).toEqual(passed.map((_, index) => 0x10000 + index));
        if (codec !== 'VP8') return;
        const [first, second] = ['0:', '1:'].map((round) => passed.filter(({ frame }) => frame.startsWith(round)));
        for (const half of [first ?? [], second ?? []]) {
          const pictures = [...new Set(half.map(({ pictureId }) => pictureId))];
          expect(pictures).toEqual(pictures.map((_, index) => (pictures[0] ?? 0) + index));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leaves no gap where packets come in another order, once the numbers kept in vain are filled', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(selections, delays, (selections, delays) => {
        const order = packets
          .map((packet, index) => ({ packet, at: index === 0 ? -1 : index + (delays[index % delays.length] ?? 0) }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ packet }) => packet);
        const passed = passThrough(
          stream(name),
          (index, filter) => {
            for (const [at, spatial, temporal] of selections) if (at === index) filter.select(spatial, temporal);
          },
          order,
        );
        const numbers = passed.map(({ out }) => out).toSorted((a, b) => a - b);
        expect(numbers).toEqual(numbers.map((_, index) => 0x10000 + index));
        const bySource = passed.toSorted((a, b) => a.sequence - b.sequence).map(({ out }) => out);
        expect(bySource).toEqual(numbers);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a viewer of temporal layers', () => {
  it.each(['vp8-l1t3', 'vp9-l1t3', 'av1-l1t3'])(
    '%s: drops to half the frame rate, and back without a keyframe',
    (name) => {
      const passed = passThrough(stream(name), (index, filter) => {
        expect(filter.needsKeyframe).toBe(false);
        if (index === 60) filter.select(0, 1);
        if (index === 120) filter.select(0, 2);
      });
      expect(layersOf(passed, 0, 60)).toEqual(['S0T0', 'S0T1', 'S0T2']);
      expect(layersOf(passed, 70, 120)).toEqual(['S0T0', 'S0T1']);
      expect(layersOf(passed, 120, 160)).toEqual(['S0T0', 'S0T1', 'S0T2']);
    },
  );
});

describe('a viewer of spatial layers', () => {
  it.each(['vp9-l3t3', 'av1-l3t3'])('%s: goes down at the next picture, and up at the next keyframe', (name) => {
    const { secondKeyframe } = stream(name);
    const needs: boolean[] = [];
    const passed = passThrough(stream(name), (index, filter) => {
      if (index === 0) filter.select(2, 2);
      if (index === 60) filter.select(0, 2);
      if (index === 120) filter.select(2, 2);
      needs.push(filter.needsKeyframe);
    });
    expect(layersOf(passed, 0, 60)).toHaveLength(9);
    expect(layersOf(passed, 70, secondKeyframe)).toEqual(['S0T0', 'S0T1', 'S0T2']);
    expect(layersOf(passed, secondKeyframe)).toHaveLength(9);
    expect(needs.lastIndexOf(false, secondKeyframe)).toBe(119);
    expect(needs.at(-1)).toBe(false);
  });

  it.each(['vp9-l3t3-key', 'av1-l3t3-key'])(
    '%s: is spared the layers below, and goes down at the next keyframe',
    (name) => {
      const { secondKeyframe } = stream(name);
      const needs: boolean[] = [];
      const passed = passThrough(stream(name), (index, filter) => {
        if (index === 0) filter.select(2, 2);
        if (index === 60) filter.select(1, 2);
        needs.push(filter.needsKeyframe);
      });
      expect(layersOf(passed, 30, secondKeyframe)).toEqual(['S2T0', 'S2T1', 'S2T2']);
      expect(layersOf(passed, secondKeyframe, secondKeyframe + 7)).toContain('S0T0');
      expect(layersOf(passed, secondKeyframe + 30)).toEqual(['S1T0', 'S1T1', 'S1T2']);
      expect([needs[60], needs[secondKeyframe], needs.at(-1)]).toEqual([true, true, false]);
    },
  );

  it.each(['vp9-l3t3', 'av1-l3t3'])('%s: joins no layer in the middle of a picture, whose marker is gone', (name) => {
    const passed = passThrough(stream(name), (index, filter) => {
      if (index === 0) filter.select(0, 2);
      if (index === 1) filter.select(2, 2);
    });
    expectMarkers(passed);
    expect(layersOf(passed, 0, stream(name).secondKeyframe)).toEqual(['S0T0', 'S0T1', 'S0T2']);
  });

  it('av1-l3t3-key: drops temporal layers at once while it waits for the keyframe', () => {
    const passed = passThrough(stream('av1-l3t3-key'), (index, filter) => {
      if (index === 60) filter.select(0, 0);
    });
    expect(layersOf(passed, 90, stream('av1-l3t3-key').secondKeyframe)).toEqual(['S2T0']);
  });
});
