import type { OutgoingPacket } from '../outgoing-packet.ts';
import type { Check } from './check.ts';

/** Baseline, Main and High (ITU-T H.264, annex A): what browsers decode, hardware decoders included. */
const commonH264Profiles: readonly number[] = [66, 77, 100];

const h264ProfileNames: Readonly<Record<number, string>> = {
  44: 'CAVLC 4:4:4 Intra',
  88: 'Extended',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4 Predictive',
};

/** A kind of video that many viewers cannot decode, though codec and negotiation are fine. */
export class OddProfileCheck implements Check {
  readonly code = 'odd-profile';
  readonly advice =
    'Encode progressive video with 8 bits and 4:2:0 (yuv420p, NV12): H264 Baseline, Main or High, or VP9 profile 0.';
  readonly #judge: (packet: OutgoingPacket) => string | undefined;
  #fault: string | undefined;

  constructor(codec: 'H264' | 'VP9') {
    this.#judge = codec === 'H264' ? judgeH264 : judgeVp9;
  }

  onPacket(packet: OutgoingPacket): void {
    if (packet.payload.profile >= 0 && packet.payload.keyframeStart) this.#fault = this.#judge(packet);
  }

  find(): string | undefined {
    return this.#fault;
  }
}

function judgeH264({ payload }: OutgoingPacket): string | undefined {
  const { profile, interlaced } = payload;
  if (!commonH264Profiles.includes(profile))
    return `The video is H264 of profile ${h264ProfileNames[profile] ?? profile}, which many viewers cannot decode.`;
  return interlaced ? 'The video is interlaced, which browsers do not decode or show with combs.' : undefined;
}

function judgeVp9({ payload: { profile } }: OutgoingPacket): string | undefined {
  if (profile === 0) return undefined;
  return `The video is VP9 of profile ${profile} (more than 4:2:0 or 8 bits), which many viewers cannot decode.`;
}
