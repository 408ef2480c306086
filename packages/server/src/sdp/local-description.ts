import type { Codec, MediaKind } from '../rtp/parameters.ts';
import type { LocalTransport } from '../transport/transport.ts';
import type { LocalExtension } from './extensions.ts';

/** A payload format as our SDP writes it. */
export interface LocalFormat {
  readonly codec: Codec;
  readonly payloadType: number;
  readonly rtxPayloadType?: number;
  readonly redPayloadType?: number;
  readonly feedback: readonly string[];
}

/** A section that carries media. */
export interface LocalSection {
  readonly kind: MediaKind;
  readonly protocol: string;
  readonly mid: string;
  readonly direction: 'sendonly' | 'recvonly';
  readonly formats: readonly LocalFormat[];
  readonly extensions: readonly LocalExtension[];
  readonly rtcpReducedSize: boolean;
  /** What the peer may send at most. */
  readonly limits?: {
    /** Of the media of this section. */
    readonly bitrateBps: number;
    /** Of the connection: headers, retransmissions and the other section included. */
    readonly transportBitrateBps: number;
    /** Frames a second. */
    readonly framerate: number;
  };
  /** The simulcast layers we want; empty for a single stream. */
  readonly receiveRids: readonly string[];
  /** What we send; `rtxSsrc` is 0 without RTX. Sections of the same slot are of one MediaStream. */
  readonly stream?: { readonly ssrc: number; readonly rtxSsrc: number; readonly cname: string; readonly slot: number };
}

/** A section of the peer's offer that we turn down: its own words, with port 0 (RFC 3264, section 6). */
export interface RefusedSection {
  readonly refused: {
    readonly kind: string;
    readonly protocol: string;
    readonly formats: string;
    readonly mid: string;
  };
}

export interface LocalDescription {
  readonly local: LocalTransport;
  readonly setup: 'actpass' | 'active' | 'passive';
  readonly extmapAllowMixed: boolean;
  /** Mids of the BUNDLE group; empty for none. */
  readonly bundle: readonly string[];
  readonly sections: readonly (LocalSection | RefusedSection)[];
}
