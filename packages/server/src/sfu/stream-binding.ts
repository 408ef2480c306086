import { readTextExtension } from '../rtp/extensions.ts';
import type { RtpPacketView } from '../rtp/packet.ts';
import type { ReceiveTrackParameters } from '../rtp/parameters.ts';
import type { Source } from './source.ts';
import type { Track } from './track.ts';

/** What the packets of one SSRC are. */
export interface Stream {
  readonly track: Track;
  readonly source: Source;
  readonly isRtx: boolean;
}

/** More SSRCs than any host has a use for: 4 layers with RTX, audio, and as many again after changes. */
const maxStreams = 32;

/** The track's codec, as it is or within RED. */
export function isMedia(packetType: number, { payloadType, redPayloadType }: ReceiveTrackParameters): boolean {
  return packetType === payloadType || packetType === redPayloadType;
}

/**
 * Tells from a packet's SSRC which source it belongs to. SSRCs that the SDP named are known from the start; others are
 * learnt from the rid, repaired rid and mid extensions (RFC 8852, RFC 9143), or from the payload type.
 */
export class StreamBinding {
  readonly #tracks: readonly Track[];
  readonly #streams = new Map<number, Stream>();

  constructor(tracks: readonly Track[]) {
    this.#tracks = tracks;
    for (const track of tracks) {
      for (const source of track.sources) {
        if (source.ssrc >= 0) this.#streams.set(source.ssrc, { track, source, isRtx: false });
        if (source.rtxSsrc >= 0) this.#streams.set(source.rtxSsrc, { track, source, isRtx: true });
      }
    }
  }

  find(packet: RtpPacketView): Stream | undefined {
    return this.#streams.get(packet.ssrc) ?? this.#learn(packet);
  }

  get(ssrc: number): Stream | undefined {
    return this.#streams.get(ssrc);
  }

  #learn(packet: RtpPacketView): Stream | undefined {
    if (this.#streams.size >= maxStreams) return undefined;
    const stream = this.#identify(packet);
    if (stream === undefined) return undefined;
    const { source } = stream;
    const known = stream.isRtx ? source.rtxSsrc : source.ssrc;
    if (known >= 0) this.#streams.delete(known);
    if (stream.isRtx) {
      source.rtxSsrc = packet.ssrc;
      this.#streams.set(packet.ssrc, stream);
      return stream;
    }
    if (known >= 0) return this.#replace(stream, packet.ssrc);
    source.ssrc = packet.ssrc;
    this.#streams.set(packet.ssrc, stream);
    return stream;
  }

  #replace(stream: Stream, ssrc: number): Stream | undefined {
    const source = stream.track.replaceSource(stream.track.sources.indexOf(stream.source));
    if (source === undefined) return undefined;
    source.ssrc = ssrc;
    this.#streams.delete(stream.source.rtxSsrc);
    const replaced = { track: stream.track, source, isRtx: false };
    this.#streams.set(ssrc, replaced);
    return replaced;
  }

  #identify(packet: RtpPacketView): Stream | undefined {
    const track = this.#trackOf(packet);
    if (track === undefined) return undefined;
    const { extensions, rtxPayloadType } = track.parameters;
    const isRtx = packet.payloadType === rtxPayloadType;
    if (!isRtx && !isMedia(packet.payloadType, track.parameters)) return undefined;
    const rid = readTextExtension(packet, isRtx ? extensions.repairedRid : extensions.rid);
    if (rid !== undefined) {
      const source = track.sources.find((candidate) => candidate.rid === rid);
      return source && { track, source, isRtx };
    }
    const [source] = track.sources;
    // Which layer an unnamed stream is cannot be told.
    return track.sources.length === 1 && source !== undefined ? { track, source, isRtx } : undefined;
  }

  #trackOf(packet: RtpPacketView): Track | undefined {
    for (const track of this.#tracks) {
      const mid = readTextExtension(packet, track.parameters.extensions.mid);
      if (mid !== undefined) return this.#tracks.find((candidate) => candidate.parameters.mid === mid);
    }
    // Payload types are unique within a bundle for different codecs (RFC 9143, section 9.1).
    return this.#tracks.find(
      ({ parameters }) => isMedia(packet.payloadType, parameters) || parameters.rtxPayloadType === packet.payloadType,
    );
  }
}
