import type { Fingerprint, IceCredentials } from '../transport/transport.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** A payload format that the peer named (`a=rtpmap`), with its parameters, feedback and retransmission format. */
export interface RemoteCodec {
  readonly payloadType: number;
  /** As written by the peer; names compare without case (RFC 4855, section 3). */
  readonly name: string;
  readonly clockRate: number;
  readonly channels?: number;
  readonly fmtp: Readonly<Record<string, string>>;
  /** `a=rtcp-fb` values for this payload type, for example `nack pli`. */
  readonly feedback: readonly string[];
  /** Payload type of the `rtx` format whose `apt` names this one (RFC 4588). */
  readonly rtxPayloadType?: number;
  /** Payload type of the `red` format that repeats this one (RFC 2198): `fmtp` has `111/111` where this is 111. */
  readonly redPayloadType?: number;
}

export interface RemoteExtension {
  /** 1 to 14: what one-byte headers can carry (RFC 8285, section 4.2). */
  readonly id: number;
  readonly uri: string;
  /** From the peer's point of view. */
  readonly direction: Direction;
}

export interface RemoteSsrcGroup {
  /** `FID` pairs a stream with its retransmissions (RFC 5576), `SIM` lists simulcast streams (Chromium's old way). */
  readonly semantics: string;
  readonly ssrcs: readonly number[];
}

/** One m-line, with what stands at session level filled in. */
export interface RemoteMedia {
  /** `audio`, `video`, `application` or another word. */
  readonly kind: string;
  readonly protocol: string;
  /** The formats of the m-line as written, to be echoed when we refuse it. */
  readonly formats: string;
  readonly mid: string;
  /** Port 0 and not bundle-only (RFC 9143, section 6): the peer does not use this section. */
  readonly rejected: boolean;
  readonly direction: Direction;
  readonly ice?: IceCredentials;
  readonly fingerprint?: Fingerprint;
  readonly setup?: string;
  readonly rtcpMux: boolean;
  /** Feedback may travel without a report around it (RFC 5506). */
  readonly rtcpReducedSize: boolean;
  /** In the peer's order of preference, `rtx` folded into the codec it repairs. */
  readonly codecs: readonly RemoteCodec[];
  readonly extensions: readonly RemoteExtension[];
  /** Distinct, in order of appearance. */
  readonly ssrcs: readonly number[];
  readonly ssrcGroups: readonly RemoteSsrcGroup[];
  /** Rids of the simulcast streams that the peer sends, in its order; empty without `a=simulcast` (RFC 8853). */
  readonly sendRids: readonly string[];
  readonly extmapAllowMixed: boolean;
}

/** A peer's offer or answer, checked and bounded. */
export interface RemoteDescription {
  readonly iceLite: boolean;
  /** Mids of the BUNDLE group (RFC 9143); empty where there is none. */
  readonly bundle: readonly string[];
  readonly media: readonly RemoteMedia[];
}
