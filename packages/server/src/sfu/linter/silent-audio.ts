import { egressHeaderLength, maxPacketLength, type OutgoingPacket } from '../outgoing-packet.ts';
import { type Check, seconds } from './check.ts';

/** Longer than a speaker's pause; a microphone in a room is never silent. */
const maxSilenceUs = 4_000_000;
/** -dBov in the audio level extension (RFC 6464, section 3): below the smallest step of 16 bits. */
const inaudibleLevel = 91;
/** Opus with a variable bitrate spends no more on silence, or on frames that it leaves out (RFC 6716, section 2.1.9). */
const maxSilentPayloadLength = 8;

/** An audio track without sound: a muted microphone, or the wrong input. */
export class SilentAudioCheck implements Check {
  readonly code = 'silent-audio';
  readonly advice = 'Check that the right microphone or input is chosen, not muted, and not used by another program.';
  readonly #payload = Buffer.alloc(maxPacketLength);
  #payloadLength = 0;
  #packetUs: number;
  #soundUs: number;

  constructor(startUs: number) {
    this.#packetUs = startUs;
    this.#soundUs = startUs;
  }

  onPacket(packet: OutgoingPacket, nowUs: number): void {
    this.#packetUs = nowUs;
    if (!this.#isSilent(packet)) this.#soundUs = nowUs;
  }

  #isSilent({ hasHopValue, hopValue, buffer, view }: OutgoingPacket): boolean {
    // The highest bit tells of voice activity.
    if (hasHopValue) return (hopValue & 0x7f) >= inaudibleLevel;
    const length = view.length - egressHeaderLength;
    // With a constant bitrate silence makes one packet like another, which sound never does.
    const isRepeated =
      length === this.#payloadLength && buffer.compare(this.#payload, 0, length, egressHeaderLength, view.length) === 0;
    buffer.copy(this.#payload, 0, egressHeaderLength, view.length);
    this.#payloadLength = length;
    return isRepeated || length <= maxSilentPayloadLength;
  }

  find(nowUs: number): string | undefined {
    if (nowUs - this.#soundUs <= maxSilenceUs) return undefined;
    const pauseUs = nowUs - this.#packetUs;
    if (pauseUs > maxSilenceUs) return `No audio has come for ${seconds(pauseUs)}.`;
    return `The audio has been silent for ${seconds(nowUs - this.#soundUs)}.`;
  }
}
