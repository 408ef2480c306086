import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CapturedPacket, capturedPackets } from '../test-support/captured-packets.ts';
import { DependencyDescriptorReader } from './dependency-descriptor.ts';
import { maxDecodeTargets, maxReferences } from './dependency-structure.ts';
import { hostileBytes } from './packet-fixture.ts';

const captures = ['chromium-av1-l1t3', 'chromium-av1-l3t3', 'chromium-av1-l3t3-key'];

/** As the specification writes them: not present, discardable, switch, required. */
function indications(high: number, low: number, count: number): string {
  const symbol = (target: number) => '-DSR'[((high >>> target) & 1) * 2 + ((low >>> target) & 1)];
  return Array.from({ length: count }, (_, target) => symbol(target)).join('');
}

function read(reader: DependencyDescriptorReader, { dependencyDescriptor: bytes }: CapturedPacket): boolean {
  return reader.read(Buffer.concat([Buffer.alloc(2), bytes, Buffer.alloc(2, 0xff)]), 2, bytes.length);
}

/** A template a line: spatial and temporal layer, indications, references, chains; as the specification's tables. */
function templates({ structure }: DependencyDescriptorReader): string[] {
  return Array.from({ length: structure.templateCount }, (_, template) => {
    const references = structure.references.subarray(template * maxReferences);
    const chains = structure.chainDifferences.subarray(template * maxDecodeTargets);
    const high = structure.indicationHigh[template] ?? 0;
    return [
      `S${structure.spatialLayer[template]}T${structure.temporalLayer[template]}`,
      indications(high, structure.indicationLow[template] ?? 0, structure.decodeTargetCount),
      `[${references.subarray(0, structure.referenceCount[template])}]`,
      chains.subarray(0, structure.chainCount).join(),
    ].join(' ');
  });
}

describe('Chromium', () => {
  test('L1T3: one chain protects three decode targets', () => {
    const reader = new DependencyDescriptorReader();
    const [first] = capturedPackets('chromium-av1-l1t3');
    if (first === undefined) throw new Error('empty capture');
    expect(read(reader, first)).toBe(true);
    expect(reader.structurePresent).toBe(true);
    expect(reader.activeTargets).toBe(0b111);
    expect(templates(reader)).toEqual([
      'S0T0 SSS [] 0',
      'S0T0 SSS [4] 4',
      'S0T1 -DS [2] 2',
      'S0T2 --D [1] 1',
      'S0T2 --D [1] 3',
    ]);
    const { structure } = reader;
    expect([...structure.targetTemporalLayer.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect([structure.width[0], structure.height[0]]).toEqual([640, 360]);
  });

  test('L3T3: nine decode targets, three chains, three sizes', () => {
    const reader = new DependencyDescriptorReader();
    const [first] = capturedPackets('chromium-av1-l3t3');
    if (first === undefined) throw new Error('empty capture');
    expect(read(reader, first)).toBe(true);
    const { structure } = reader;
    expect([...structure.targetSpatialLayer.subarray(0, 9)].join('')).toBe('000111222');
    expect([...structure.targetTemporalLayer.subarray(0, 9)].join('')).toBe('012012012');
    expect([...structure.targetChain.subarray(0, 9)].join('')).toBe('000111222');
    expect([...structure.width.subarray(0, 3)]).toEqual([320, 640, 1280]);
    expect([...structure.height.subarray(0, 3)]).toEqual([180, 360, 720]);
    expect(templates(reader)).toHaveLength(15);
    expect(templates(reader)[2]).toBe('S0T1 -DS-RR-RR [6] 6,5,4');
    expect(templates(reader)[5]).toBe('S1T0 ---SSSRRR [12,1] 1,1,1');
  });

  test.each(captures)('%s: every packet is read, and its frame is told from the others', (name) => {
    const reader = new DependencyDescriptorReader();
    let frameNumber = -1;
    let open = false;
    for (const packet of capturedPackets(name)) {
      expect(read(reader, packet)).toBe(true);
      // A frame begins where the one before has ended, and is the next.
      expect(reader.startOfFrame).toBe(!open);
      if (reader.startOfFrame && frameNumber >= 0) expect(reader.frameNumber).toBe(frameNumber + 1);
      frameNumber = reader.frameNumber;
      open = !reader.endOfFrame;
      expect(reader.presentTargets).not.toBe(0);
      // The RTP marker ends the picture, so a frame of it at least.
      if (packet.marker) expect(reader.endOfFrame).toBe(true);
    }
  });

  test('without the packet that brings the structure nothing is told, and nothing is kept of a broken one', () => {
    const [first, second] = capturedPackets('chromium-av1-l3t3');
    if (first === undefined || second === undefined) throw new Error('empty capture');
    const reader = new DependencyDescriptorReader();
    expect(read(reader, second)).toBe(false);
    const cut = { ...first, dependencyDescriptor: first.dependencyDescriptor.subarray(0, 60) };
    expect(read(reader, cut)).toBe(false);
    expect(read(reader, second)).toBe(false);
    expect(read(reader, first)).toBe(true);
    expect(read(reader, cut)).toBe(false);
    expect(read(reader, second)).toBe(true);
    expect(reader).toMatchObject({ frameNumber: 2, spatialLayer: 1, temporalLayer: 0, structurePresent: false });
  });
});

describe('what a packet says itself', () => {
  const [first] = capturedPackets('chromium-av1-l1t3');

  function readAfterStructure(bits: string): DependencyDescriptorReader {
    const reader = new DependencyDescriptorReader();
    if (first === undefined || !read(reader, first)) throw new Error('no structure');
    const digits = bits.replaceAll(' ', '').padEnd(72, '0').match(/.{8}/g) ?? [];
    const bytes = Buffer.from(digits.map((byte) => Number.parseInt(byte, 2)));
    expect(reader.read(bytes, 0, bytes.length)).toBe(true);
    return reader;
  }

  test('indications, references and chains take the place of those of the template', () => {
    // Template 2; frame 7; custom indications -, D, S; references 1 and 300; chain 200.
    const reader = readAfterStructure('11 000010 0000000000000111 00111 000110 01 0000 11 000100101011 00 11001000');
    expect(indications(reader.indicationHigh, reader.indicationLow, 3)).toBe('-DS');
    expect([...reader.references.subarray(0, reader.referenceCount)]).toEqual([1, 300]);
    expect(reader.chainDifferences[0]).toBe(200);
    expect([reader.presentTargets, reader.discardableTargets, reader.switchTargets]).toEqual([0b110, 0b010, 0b100]);
  });

  test('it is refused where it announces more than it has', () => {
    const reader = readAfterStructure('11 000001 0000000000000111 00000');
    // Custom chains, of which only 3 of 8 bits follow.
    expect(reader.read(Buffer.from([0xc1, 0, 8, 0b00001_000]), 0, 4)).toBe(false);
  });

  test('active decode targets hold until told anew', () => {
    const reader = readAfterStructure('11 000001 0000000000000111 01000 011');
    expect(reader.activeTargets).toBe(0b011);
    expect(reader.read(Buffer.from([0xc1, 0, 8]), 0, 3)).toBe(true);
    expect(reader.activeTargets).toBe(0b011);
  });
});

test('hostile bytes never throw, never read beyond their end, and leave a usable structure', () => {
  const valid = captures.flatMap((name) =>
    capturedPackets(name)
      .slice(0, 3)
      .map((packet) => packet.dependencyDescriptor),
  );
  fc.assert(
    fc.property(fc.array(hostileBytes(valid), { maxLength: 8 }), (descriptors) => {
      const readers = [new DependencyDescriptorReader(), new DependencyDescriptorReader()] as const;
      for (const bytes of descriptors) {
        const results = readers.map((reader, index) =>
          reader.read(Buffer.concat([bytes, Buffer.alloc(16, index * 0xff)]), 0, bytes.length),
        );
        expect(results[0]).toBe(results[1]);
        if (results[0]) expect(readers[0].presentTargets).toBe(readers[1].presentTargets);
        expect(readers[0].structure.templateCount).toBeLessThanOrEqual(64);
        expect(readers[0].structure.decodeTargetCount).toBeLessThanOrEqual(32);
      }
    }),
    { numRuns: 3000 },
  );
});
