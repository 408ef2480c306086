import { isRtcp } from '../../../packages/server/src/rtp/packet.ts';
import { payloadFeedbackFormat, RtcpCursor, rtcpType } from '../../../packages/server/src/rtp/rtcp/cursor.ts';
import { writeSenderReport } from '../../../packages/server/src/rtp/rtcp/report.ts';
import { SyntheticVp8 } from '../../../test/support/synthetic-stream.ts';
import { FRAMES_PER_SECOND, PACKET_BYTES, PACKETS_PER_FRAME } from '../../stream.ts';
import { hostSsrc } from '../sdp/write.ts';
import type { MediaPeer } from './media-peer.ts';
import { monotonicMs } from './monotonic.ts';
import { writePacketNumber } from './packet-number.ts';

/** Four seconds, as encoders for streaming are mostly set (two to four); and one more whenever the server asks. */
const KEYFRAME_INTERVAL = 4 * FRAMES_PER_SECOND;
const REPORT_INTERVAL_FRAMES = FRAMES_PER_SECOND;
const NTP_UNIX_OFFSET_SECONDS = 2_208_988_800;

/** Sends the synthetic stream in real time, with sender reports, and gives a keyframe when it is asked for one. */
export class Host {
  readonly #peer: MediaPeer;
  readonly #cursor = new RtcpCursor();
  readonly #report = Buffer.alloc(32);
  readonly #stream: SyntheticVp8;
  readonly #waiting: { number: number; resolve: () => void }[] = [];
  #startMs = 0;
  #frame = 0;
  #next = 0;

  constructor(peer: MediaPeer, payloadType: number) {
    this.#peer = peer;
    this.#stream = new SyntheticVp8({
      ssrc: hostSsrc,
      payloadType,
      framesPerSecond: FRAMES_PER_SECOND,
      packetsPerFrame: PACKETS_PER_FRAME,
      packetLength: PACKET_BYTES,
      keyframeInterval: KEYFRAME_INTERVAL,
    });
    peer.onPacket = (packet) => this.#receive(packet);
  }

  /** The number of the next packet. */
  get next(): number {
    return this.#next;
  }

  start(): void {
    this.#startMs = monotonicMs();
    this.#sendDueFrames();
  }

  /** Resolves when the packet of this number has been sent. */
  async reach(number: number): Promise<void> {
    if (this.#next > number) return;
    await new Promise<void>((resolve) => this.#waiting.push({ number, resolve }));
  }

  /** A late frame does not delay the next. */
  #sendDueFrames(): void {
    const frameMs = 1000 / FRAMES_PER_SECOND;
    while (monotonicMs() >= this.#startMs + this.#frame * frameMs) this.#sendFrame();
    const waitMs = Math.max(0, this.#startMs + this.#frame * frameMs - monotonicMs());
    setTimeout(() => this.#sendDueFrames(), waitMs);
  }

  #sendFrame(): void {
    if (this.#frame % REPORT_INTERVAL_FRAMES === 0) this.#sendReport();
    for (const packet of this.#stream.nextFrame()) {
      writePacketNumber(packet, this.#next);
      this.#peer.send(packet);
      this.#next += 1;
    }
    this.#frame += 1;
    while (this.#waiting.some(({ number }) => number < this.#next)) {
      const index = this.#waiting.findIndex(({ number }) => number < this.#next);
      for (const { resolve } of this.#waiting.splice(index, 1)) resolve();
    }
  }

  #sendReport(): void {
    const seconds = Date.now() / 1000;
    const report = {
      ssrc: hostSsrc,
      ntpSeconds: Math.floor(seconds) + NTP_UNIX_OFFSET_SECONDS,
      ntpFraction: Math.floor((seconds % 1) * 2 ** 32),
      rtpTimestamp: this.#stream.timestamp,
      packetCount: this.#next,
      octetCount: (this.#next * PACKET_BYTES) >>> 0,
      blocks: [],
    };
    this.#peer.send(this.#report.subarray(0, writeSenderReport(this.#report, 0, report)));
  }

  #receive(packet: Buffer): void {
    if (!isRtcp(packet)) return;
    const cursor = this.#cursor;
    cursor.open(packet);
    while (cursor.next()) {
      if (cursor.packetType !== rtcpType.payloadFeedback) continue;
      const { pli, fir } = payloadFeedbackFormat;
      if (cursor.format === pli || cursor.format === fir) this.#stream.requestKeyframe();
    }
  }
}
