import { ridExtension } from '../client/offer.ts';
import { layerRids, type MediaPlan } from '../plan.ts';
import { FileStream, readMediaFile } from './file-stream.ts';
import { type EncodedFile, MediaFileError } from './media-file.ts';
import { SyntheticVp8 } from './synthetic-stream.ts';
import { extensionIds, payloadTypes, type VideoStream } from './video-stream.ts';

/** What a host has to offer, and then to send. */
export interface HostMedia {
  readonly codec: 'VP8' | 'H264';
  readonly profileLevelId: string | undefined;
  /** Empty for a single layer. */
  readonly rids: readonly string[];
  /** Its packets have room for a trace; those of files are all media. */
  readonly isSynthetic: boolean;
  /** Smallest first. */
  createStreams(firstSsrc: number): VideoStream[];
}

const maxPacketLength = 1200;
/** Headers, a keyframe's header and the trace. */
const minPacketLength = 100;
/** Widths of synthetic layers, and what each has of the bitrate. */
const simulcastLayers = [
  { width: 320, share: 1 / 16 },
  { width: 640, share: 1 / 4 },
  { width: 1280, share: 1 },
] as const;

/** @throws MediaFileError */
export function prepareMedia(plan: MediaPlan): HostMedia {
  return plan.kind === 'synthetic' ? syntheticMedia(plan) : fileMedia(plan.paths, plan.framesPerSecond);
}

function syntheticMedia(plan: MediaPlan & { kind: 'synthetic' }): HostMedia {
  const layers = plan.simulcast ? simulcastLayers : simulcastLayers.slice(-1);
  const rids = plan.simulcast ? [...layerRids] : [];
  return {
    codec: 'VP8',
    profileLevelId: undefined,
    rids,
    isSynthetic: true,
    createStreams: (firstSsrc) =>
      layers.map(({ width, share }, index) => {
        const value = rids[index];
        return new SyntheticVp8({
          ssrc: firstSsrc + index,
          payloadType: payloadTypes.video,
          width,
          height: (width * 9) / 16,
          framesPerSecond: plan.framesPerSecond,
          ...frameSize(plan.bitrateBps * share, plan.framesPerSecond),
          keyframeInterval: Math.round(plan.keyframeIntervalSeconds * plan.framesPerSecond),
          ...(value !== undefined && { rid: { id: extensionIds.rid, value } }),
        });
      }),
  };
}

/** Even packets that together have the bitrate, RTP headers counted. */
export function frameSize(bitrateBps: number, framesPerSecond: number) {
  const frameBytes = bitrateBps / 8 / framesPerSecond;
  const packetsPerFrame = Math.ceil(frameBytes / maxPacketLength);
  return { packetsPerFrame, packetLength: Math.max(minPacketLength, Math.round(frameBytes / packetsPerFrame)) };
}

function fileMedia(paths: readonly string[], framesPerSecond: number): HostMedia {
  const files = paths.map((path) => readMediaFile(path));
  const [first] = files;
  if (first === undefined || files.some(({ codec }) => codec !== first.codec))
    throw new MediaFileError('The files of all layers have to be of one codec');
  const rids: readonly string[] = files.length > 1 ? layerRids.slice(0, files.length) : [];
  const stream = (file: EncodedFile, index: number, firstSsrc: number) => {
    const rid = rids[index];
    const extension = rid === undefined ? Buffer.alloc(0) : ridExtension(rid);
    return new FileStream(file, { ssrc: firstSsrc + index, framesPerSecond, extension });
  };
  return {
    codec: first.codec,
    profileLevelId: first.profileLevelId,
    rids,
    isSynthetic: false,
    createStreams: (firstSsrc) => files.map((file, index) => stream(file, index, firstSsrc)),
  };
}
