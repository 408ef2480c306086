import type { EncodingParameters, ReceiveTrackParameters } from '../rtp/parameters.ts';
import type { HostClock } from './host-clock.ts';
import { Source } from './source.ts';

/** One incoming track of the host's: its layers, and what was negotiated for all of them. */
export class Track {
  readonly parameters: ReceiveTrackParameters;
  /** In the order in which the host listed its encodings. */
  readonly sources: Source[];
  readonly #hostClock: HostClock;
  firSequence = 0;

  constructor(parameters: ReceiveTrackParameters, hostClock: HostClock) {
    this.parameters = parameters;
    this.#hostClock = hostClock;
    this.sources = parameters.encodings.map((encoding, index) => this.#makeSource(encoding, index));
  }

  #makeSource(encoding: EncodingParameters, index: number): Source {
    const { kind, codec, extensions, payloadType, redPayloadType = -1 } = this.parameters;
    const source = new Source({
      ...{ kind, codec, extensions, index, payloadType, redPayloadType },
      rid: encoding.rid,
      hostClock: this.#hostClock,
    });
    source.ssrc = encoding.ssrc ?? -1;
    source.rtxSsrc = encoding.rtxSsrc ?? -1;
    return source;
  }

  /** A new stream in the place of one whose SSRC the host has changed: nothing of the old one carries over. */
  replaceSource(index: number): Source | undefined {
    const before = this.sources[index];
    if (before === undefined) return undefined;
    const source = this.#makeSource(before.rid === undefined ? {} : { rid: before.rid }, index);
    this.sources[index] = source;
    return source;
  }
}
