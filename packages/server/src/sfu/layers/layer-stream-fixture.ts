import { DependencyDescriptorReader } from '../../rtp/dependency-descriptor.ts';
import type { VideoCodecName } from '../../rtp/parameters.ts';
import { inspectPayload } from '../../rtp/payload/inspect.ts';
import { PayloadInfo } from '../../rtp/payload/payload-info.ts';
import { capturedPackets } from '../../test-support/captured-packets.ts';
import { createLayerGate } from './create-layer-gate.ts';
import { DecodeTargets } from './decode-targets.ts';
import type { LayerFilter } from './layer-filter.ts';
import { type LayerGate, passage } from './layer-gate.ts';

/** What Chromium sent, told apart into frames, and run through a layer gate: for tests. */

export interface StreamPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payloadLength: number;
  readonly info: PayloadInfo;
  /** Names the frame, and those it refers to. */
  readonly frame: string;
  readonly references: readonly string[];
}

export interface PassedPacket extends StreamPacket {
  /** The number it left with, or that was filled for it. */
  readonly out: number;
  readonly filled: boolean;
  readonly lastOfPicture: boolean;
  readonly pictureId: number;
}

export interface Stream {
  readonly codec: VideoCodecName;
  readonly packets: readonly StreamPacket[];
  /** Of the packet at which the second half begins, with a keyframe. */
  readonly secondKeyframe: number;
  newGate(): LayerGate;
}

const firstSequence = 0x10000;

/** The capture twice over, so that there is a keyframe on the way. */
export function streamOf(name: string): Stream {
  const codec: VideoCodecName = name.includes('av1') ? 'AV1' : name.includes('vp9') ? 'VP9' : 'VP8';
  const targets = new DecodeTargets();
  const reader = new DependencyDescriptorReader();
  const captured = capturedPackets(name);
  const lastTimestamp = captured.at(-1)?.timestamp ?? 0;
  const pictures = new Set(captured.map(({ timestamp }) => timestamp)).size;
  const packets = [0, 1].flatMap((round) => {
    const base = seenOf(codec);
    return captured.map((packet): StreamPacket => {
      const info = new PayloadInfo();
      const sequence = firstSequence + round * captured.length + packet.sequenceNumber;
      const { payload, dependencyDescriptor: descriptor } = packet;
      inspectPayload(codec, payload, 0, payload.length, info);
      if (info.pictureId >= 0) info.pictureId += round * pictures;
      if (codec === 'AV1') {
        targets.read(descriptor, 0, descriptor.length, sequence, info);
        reader.read(descriptor, 0, descriptor.length);
      }
      const { frame, references } = codec === 'AV1' ? av1References(reader) : base(payload, info);
      return {
        sequence,
        timestamp: packet.timestamp + round * (lastTimestamp + 4500),
        marker: packet.marker,
        payloadLength: packet.payloadLength,
        info,
        frame: `${round}:${frame}`,
        references: references.map((reference) => `${round}:${reference}`),
      };
    });
  });
  const newGate = () => createLayerGate(codec, codec === 'AV1' ? replayedTargets(name) : undefined);
  return { codec, packets, secondKeyframe: captured.length, newGate };
}

/** As after the stream's first packet. */
function replayedTargets(name: string): DecodeTargets {
  const targets = new DecodeTargets();
  const descriptor = capturedPackets(name)[0]?.dependencyDescriptor ?? Buffer.alloc(0);
  targets.read(descriptor, 0, descriptor.length, firstSequence, new PayloadInfo());
  return targets;
}

function av1References({ frameNumber, references, referenceCount }: DependencyDescriptorReader): {
  frame: string;
  references: string[];
} {
  const differences = [...references.subarray(0, referenceCount)];
  return { frame: String(frameNumber), references: differences.map((difference) => String(frameNumber - difference)) };
}

type References = (payload: Buffer, info: PayloadInfo) => { frame: string; references: string[] };

function seenOf(codec: VideoCodecName): References {
  if (codec === 'VP9') return vp9References;
  /** The last picture of each temporal layer. */
  const last = new Map<number, number>();
  let current = { frame: '', references: [] as string[] };
  return (_, info) => {
    if (info.frameStart) current = { frame: String(info.pictureId), references: vp8References(info, last) };
    last.set(info.temporalLayer, info.pictureId);
    return current;
  };
}

/** Not told by VP8: at the worst, the last picture of each layer up to its own. */
function vp8References(info: PayloadInfo, last: ReadonlyMap<number, number>): string[] {
  if (info.keyframeStart) return [];
  const highest = info.layerSync ? 0 : info.temporalLayer;
  return [...last].filter(([layer]) => layer <= highest).map(([, pictureId]) => String(pictureId));
}

/** Picture id, P_DIFF and D of flexible mode (RFC 9628, section 4.2), read anew. */
function vp9References(payload: Buffer, info: PayloadInfo): { frame: string; references: string[] } {
  const { pictureId, spatialLayer } = info;
  const references = info.interLayerPredicted ? [`${pictureId}/${spatialLayer - 1}`] : [];
  // Behind flags, a picture id of two bytes, and the layer indices. Only a frame's first packets were kept whole.
  let at = 4;
  for (let more = info.interPicturePredicted; more; at += 1) {
    const byte = payload.readUInt8(at);
    references.push(`${pictureId - (byte >> 1)}/${spatialLayer}`);
    more = (byte & 1) === 1;
  }
  return { frame: `${pictureId}/${spatialLayer}`, references };
}

export type Select = (index: number, filter: LayerFilter) => void;

/** Runs the stream, in this order of arrival, through one gate; `select` is asked before each packet. */
export function passThrough(stream: Stream, select: Select, order = stream.packets): PassedPacket[] {
  const gate = stream.newGate();
  const passed: PassedPacket[] = [];
  for (const [index, packet] of order.entries()) {
    select(index, gate.filter);
    if (index === 0) gate.restart(packet.info, packet.sequence);
    const outcome = gate.pass(packet.info, packet.sequence, packet.timestamp);
    if (outcome === passage.none) continue;
    const { sequence: out, pictureId } = gate;
    const filled = outcome === passage.fill;
    passed.push({ ...packet, out, filled, lastOfPicture: gate.marker || packet.marker, pictureId });
  }
  return passed;
}
