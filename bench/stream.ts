/** The stream every bench sends: 1.73 Mbps, as VP8 at 720p is, without the encoder. */
export const FRAMES_PER_SECOND = 30;
export const PACKETS_PER_FRAME = 6;
export const PACKET_BYTES = 1200;

/**
 * Sent before anything is measured, the same in every scenario: until V8 has compiled all of the hot path, which takes the
 * longer the fewer viewers there are, since each packet of the host counts once there. With 50 viewers that is some 8 s.
 * Less is for tests that look at other things than the figures.
 */
export const WARM_UP_FRAMES = Number(process.env.BENCH_WARM_UP_SECONDS ?? 12) * FRAMES_PER_SECOND;

const VP8_CLOCK_HZ = 90_000;
/** Version 2 (RFC 3550, section 5.1). */
const FIRST_BYTE = 0x80;
const MARKER = 0x80;

/** Writes frame after frame into the same buffers: RTP with one SSRC, counting sequence numbers and timestamps. */
export class SyntheticStream {
  readonly #packets: readonly Buffer[];
  #sequence = 0;
  #frame = 0;

  constructor(options: { ssrc: number; payloadType: number }) {
    this.#packets = Array.from({ length: PACKETS_PER_FRAME }, (_, index) => {
      const packet = Buffer.alloc(PACKET_BYTES, 0x5a);
      packet[0] = FIRST_BYTE;
      packet[1] = options.payloadType | (index === PACKETS_PER_FRAME - 1 ? MARKER : 0);
      packet.writeUInt32BE(options.ssrc, 8);
      return packet;
    });
  }

  /** The packets of the next frame, good until the next call. */
  nextFrame(): readonly Buffer[] {
    const rtpTimestamp = (this.#frame++ * (VP8_CLOCK_HZ / FRAMES_PER_SECOND)) % 2 ** 32;
    for (const packet of this.#packets) {
      packet.writeUInt16BE(this.#sequence, 2);
      packet.writeUInt32BE(rtpTimestamp, 4);
      this.#sequence = (this.#sequence + 1) & 0xffff;
    }
    return this.#packets;
  }
}

/** Calls `sendFrame` at the frame rate, in real time, for so many frames; a late frame does not delay the next. */
export async function paceFrames(frameCount: number, sendFrame: () => void): Promise<void> {
  const startMs = performance.now();
  for (let frame = 0; frame < frameCount; frame++) {
    const dueMs = startMs + (frame * 1000) / FRAMES_PER_SECOND;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    sendFrame();
  }
}
