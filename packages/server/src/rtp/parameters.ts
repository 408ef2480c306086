/**
 * What a negotiation settled about the media of one session, as plain data.
 * `sdp/` produces it, `sfu/` consumes it; neither knows the other.
 */

export type MediaKind = 'audio' | 'video';
export type VideoCodecName = 'VP8' | 'VP9' | 'H264' | 'AV1';
export type AudioCodecName = 'opus';
export type CodecName = VideoCodecName | AudioCodecName;

export interface Codec {
  readonly name: CodecName;
  /** Hz: 90000 for video, 48000 for Opus. */
  readonly clockRate: number;
  /** Only for audio. */
  readonly channels?: number;
  /** Format parameters as they stand in `a=fmtp`, for example `profile-level-id`. */
  readonly fmtp: Readonly<Record<string, string>>;
}

/** Local ids of the RTP header extensions (RFC 8285) that a media section negotiated; 0 means not negotiated. */
export interface ExtensionIds {
  readonly mid: number;
  readonly rid: number;
  readonly repairedRid: number;
  readonly transportCc: number;
  readonly absSendTime: number;
  readonly audioLevel: number;
  readonly videoOrientation: number;
  readonly dependencyDescriptor: number;
}

/** The RTCP feedback (RFC 4585, 5104, transport-cc draft) that both sides agreed on for a media section. */
export interface Feedback {
  readonly nack: boolean;
  readonly pli: boolean;
  readonly fir: boolean;
  readonly transportCc: boolean;
  readonly remb: boolean;
}

/**
 * One encoding (simulcast layer) of an incoming track.
 * A simulcast layer has a rid and no SSRC (it is learnt from the rid extension, RFC 8852); a single stream may have
 * its SSRCs from `a=ssrc` lines, or none at all (then payload type or mid tell).
 */
export interface EncodingParameters {
  readonly rid?: string;
  readonly ssrc?: number;
  readonly rtxSsrc?: number;
}

/** What the host was asked to send. */
export interface EncodingTarget {
  /** Of the highest layer. */
  readonly bitrateBps: number;
  /** Frames a second; only for video. */
  readonly framerate?: number;
}

/** An incoming track: what the host sends. */
export interface ReceiveTrackParameters {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly codec: Codec;
  readonly payloadType: number;
  readonly rtxPayloadType?: number;
  /** Packets that repeat earlier frames (RED, RFC 2198) come with this one. */
  readonly redPayloadType?: number;
  readonly feedback: Feedback;
  readonly extensions: ExtensionIds;
  /** Lowest layer first where the order is known (`a=simulcast` lists them as the host wrote them). */
  readonly encodings: readonly EncodingParameters[];
  readonly target?: EncodingTarget;
}

/** A codec that a viewer accepts, under the viewer's own payload type numbers. */
export interface SendCodec {
  readonly codec: Codec;
  readonly payloadType: number;
  readonly rtxPayloadType?: number;
  /** Where the viewer takes RED (RFC 2198). */
  readonly redPayloadType?: number;
}

/** An outgoing track: what a viewer is sent. The SSRCs are chosen by us and written in our SDP. */
export interface SendTrackParameters {
  readonly kind: MediaKind;
  readonly mid: string;
  readonly ssrc: number;
  /** 0 where RTX was not negotiated. */
  readonly rtxSsrc: number;
  readonly cname: string;
  /** Every codec both sides can do; the one the host sends now comes first, so that a returning host may change it. */
  readonly codecs: readonly SendCodec[];
  readonly feedback: Feedback;
  readonly extensions: ExtensionIds;
}
