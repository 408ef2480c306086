import type { Codec, ReceiveTrackParameters, SendTrackParameters, VideoCodecName } from '../rtp/parameters.ts';
import type { RemoteTransport } from '../transport/transport.ts';
import type { RemoteDescription } from './description.ts';

/** What a room asks of its host. Every value shows in our SDP. */
export interface PublishPolicy {
  /** Taken where the host offers it; else the host's own order decides. */
  readonly videoCodec: VideoCodecName;
  /** Of the highest layer; with simulcast the lower ones come on top (`publishedBitrateBps`). */
  readonly videoBitrateBps: number;
  /** Frames a second. */
  readonly maxFramerate: number;
  readonly audioBitrateBps: number;
  readonly audioSampleRateHz: number;
  /** RED (RFC 2198) is taken where it is offered, and asked for by standing first. */
  readonly audioRedundancy?: boolean;
  /** Layers to ask for in an offer of ours, lowest first; without it, or with fewer than two, a single stream. */
  readonly simulcastRids?: readonly string[];
}

/** What carries one host: the first audio section of a viewer and the first video section are its first slot. */
export interface SlotSsrcs {
  readonly audio: number;
  readonly video: number;
  readonly videoRtx: number;
}

/** What a viewer is sent. */
export interface ViewPolicy {
  /** What the host sends now. A kind that is missing may still be negotiated: the host may return with it. */
  readonly codecs: { readonly audio?: Codec; readonly video?: Codec };
  /** RED (RFC 2198) is sent to who takes it. */
  readonly audioRedundancy?: boolean;
  /**
   * One set for each host that can be shown at a time: sections of a kind beyond these are refused, not an error.
   * Chosen by the caller, 1 to 2^32 - 1, distinct, and never reused in this connection.
   */
  readonly ssrcs: readonly [SlotSsrcs, ...SlotSsrcs[]];
  /**
   * RTCP CNAME, and id of the first MediaStream: one for the audio and the video of a host, so that they play in step.
   * A token of `[\w-]`.
   */
  readonly cname: string;
}

export interface PublisherNegotiation {
  readonly tracks: readonly ReceiveTrackParameters[];
  readonly remote: RemoteTransport;
}

export interface ViewerNegotiation {
  readonly tracks: readonly SendTrackParameters[];
  readonly remote: RemoteTransport;
}

/** Our answer, and what it settled. */
export interface PublisherAnswer extends PublisherNegotiation {
  readonly sdp: string;
}

/** Our answer, and what it settled. */
export interface ViewerAnswer extends ViewerNegotiation {
  readonly sdp: string;
}

/** Our offer, waiting for its answer. */
export interface PublisherOffer {
  readonly sdp: string;
  /** @throws SdpError when the answer does not fit the offer */
  accept(answer: RemoteDescription): PublisherNegotiation;
}

/** Our offer, waiting for its answer. */
export interface ViewerOffer {
  readonly sdp: string;
  /** @throws SdpError when the answer does not fit the offer, `codec_not_supported` without the host's codec */
  accept(answer: RemoteDescription): ViewerNegotiation;
}
