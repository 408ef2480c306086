import { ntpFraction, ntpSeconds } from '../../rtp/ntp.ts';
import { writeSenderReport } from '../../rtp/rtcp/report.ts';
import { wallClockMs, writeTrace } from '../media/trace.ts';
import type { VideoStream } from '../media/video-stream.ts';

/** Packets kept for NACKs: at 2 Mbps the last four seconds. */
const historyLength = 1024;
/** A host that has fallen further behind leaves frames out, as an encoder does. */
const maxFramesLate = 15;
const noPackets: readonly Buffer[] = [];

/** A layer of a host: sends what is due, and again what the server asks for. */
export class LayerSender {
  readonly stream: VideoStream;
  readonly #layer: number;
  readonly #isTraced: boolean;
  readonly #history: (Buffer | undefined)[] = new Array(historyLength).fill(undefined);
  #dueMs = -1;
  #packetCount = 0;
  #octetCount = 0;

  constructor(stream: VideoStream, layer: number, isTraced: boolean) {
    this.stream = stream;
    this.#layer = layer;
    this.#isTraced = isTraced;
  }

  /** Packets made so far, also those that were not sent. */
  get packetCount(): number {
    return this.#packetCount;
  }

  /** Gives each packet that is due to `send`; returns how late the latest frame is in ms, or -1 where none was due. */
  sendDue(nowMs: number, send: (packet: Buffer) => void): number {
    const intervalMs = this.stream.frameIntervalUs / 1000;
    if (this.#dueMs < 0 || nowMs - this.#dueMs > maxFramesLate * intervalMs) this.#dueMs = nowMs;
    let lateMs = -1;
    for (; this.#dueMs <= nowMs; this.#dueMs += intervalMs) {
      lateMs = Math.max(lateMs, nowMs - this.#dueMs);
      this.#sendFrame(send);
    }
    return lateMs;
  }

  #sendFrame(send: (packet: Buffer) => void): void {
    for (const packet of this.stream.nextFrame()) {
      if (this.#isTraced) writeTrace(packet, this.#layer, this.#packetCount, wallClockMs());
      this.#history[packet.readUInt16BE(2) % historyLength] = packet;
      this.#packetCount += 1;
      this.#octetCount += packet.length;
      send(packet);
    }
  }

  /** The packets that a NACK names, as far as they are still kept. */
  kept(sequenceNumbers: readonly number[]): readonly Buffer[] {
    const found = sequenceNumbers.flatMap((sequenceNumber) => {
      const packet = this.#history[sequenceNumber % historyLength];
      return packet?.readUInt16BE(2) === sequenceNumber ? [packet] : [];
    });
    return found.length === 0 ? noPackets : found;
  }

  /** Writes a sender report; returns its length. */
  writeReport(buffer: Buffer): number {
    const nowUs = wallClockMs() * 1000;
    return writeSenderReport(buffer, 0, {
      ssrc: this.stream.ssrc,
      ntpSeconds: ntpSeconds(nowUs),
      ntpFraction: ntpFraction(nowUs),
      rtpTimestamp: this.stream.timestamp,
      packetCount: this.#packetCount,
      octetCount: this.#octetCount,
      blocks: [],
    });
  }
}
