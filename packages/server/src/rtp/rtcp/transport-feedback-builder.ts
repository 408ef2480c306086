import { rtcpType, transportFeedbackFormat, writeFeedbackHeader } from './cursor.ts';
import { deltaTickUs, packetStatus, referenceTickUs, transportFeedbackHeaderLength } from './transport-feedback.ts';

/** Keeps the packet below 1200 bytes at the worst of two bytes of delta and 2/7 of a chunk a status, and runs short. */
const maxStatusesPerPacket = 500;
const ticksPerReference = referenceTickUs / deltaTickUs;
/** Statuses that a vector chunk holds with one and with two bits each. */
const oneBitVectorSize = 14;
const twoBitVectorSize = 7;

/** Encodes transport-wide feedback packets and numbers them. One for each connection that sends feedback. */
export class TransportFeedbackBuilder {
  readonly #senderSsrc: number;
  #feedbackCount = 0;
  /** Statuses, delta ticks and chunks of the packet under way, kept to be reused. */
  readonly #statuses: number[] = [];
  readonly #deltas: number[] = [];
  readonly #chunks: number[] = [];

  constructor(senderSsrc: number) {
    this.#senderSsrc = senderSsrc;
  }

  /**
   * Feedback for the packets from `baseSequenceNumber` (16 bits) on: entry i of `arrivalTimesUs` is the arrival of
   * packet base + i in microseconds on any clock that does not jump, or negative where it has not come. One packet,
   * or more where a delta does not fit (8.2 s) or the packet would exceed 1200 bytes; none for no entries.
   */
  build(mediaSsrc: number, baseSequenceNumber: number, arrivalTimesUs: readonly number[]): Buffer[] {
    const packets: Buffer[] = [];
    for (let from = 0; from < arrivalTimesUs.length; from += this.#statuses.length) {
      const referenceTime = this.#collect(arrivalTimesUs, from);
      this.#chooseChunks();
      packets.push(this.#write(mediaSsrc, (baseSequenceNumber + from) & 0xffff, referenceTime));
    }
    return packets;
  }

  /** Takes statuses and deltas from entry `from` on until one does not fit; returns the reference time. */
  #collect(arrivalTimesUs: readonly number[], from: number): number {
    this.#statuses.length = 0;
    this.#deltas.length = 0;
    const to = Math.min(arrivalTimesUs.length, from + maxStatusesPerPacket);
    let referenceTime = -1;
    let lastTick = 0;
    for (let i = from; i < to; i++) {
      const arrivalUs = arrivalTimesUs[i] ?? -1;
      if (arrivalUs < 0) {
        this.#statuses.push(packetStatus.notReceived);
        continue;
      }
      // Rounding the time and not the difference keeps errors from adding up.
      const tick = Math.round(arrivalUs / deltaTickUs);
      if (referenceTime < 0) {
        referenceTime = Math.floor(tick / ticksPerReference);
        lastTick = referenceTime * ticksPerReference;
      }
      const delta = tick - lastTick;
      if (delta < -0x8000 || delta > 0x7fff) break;
      this.#statuses.push(delta >= 0 && delta <= 0xff ? packetStatus.smallDelta : packetStatus.largeDelta);
      this.#deltas.push(delta);
      lastTick = tick;
    }
    return Math.max(0, referenceTime);
  }

  /** Run lengths where they are at least as short as a vector, else the widest vector that holds the next statuses. */
  #chooseChunks(): void {
    const statuses = this.#statuses;
    this.#chunks.length = 0;
    let at = 0;
    while (at < statuses.length) {
      const left = statuses.length - at;
      const run = runLength(statuses, at);
      const oneBitFits = noLargeDelta(statuses, at, at + Math.min(oneBitVectorSize, left));
      if (run >= Math.min(oneBitFits ? oneBitVectorSize : twoBitVectorSize, left)) {
        this.#chunks.push(((statuses[at] ?? 0) << 13) | run);
        at += run;
      } else if (oneBitFits) {
        this.#chunks.push(0x8000 | vector(statuses, at, oneBitVectorSize, 1));
        at += oneBitVectorSize;
      } else {
        this.#chunks.push(0xc000 | vector(statuses, at, twoBitVectorSize, 2));
        at += twoBitVectorSize;
      }
    }
  }

  #write(mediaSsrc: number, baseSequenceNumber: number, referenceTime: number): Buffer {
    const deltasAt = transportFeedbackHeaderLength + 2 * this.#chunks.length;
    let deltaBytes = 0;
    for (const status of this.#statuses) deltaBytes += status;
    // Zero padding up to 32 bits, as the draft draws it: inside the length and without the padding bit.
    const buffer = Buffer.alloc(4 * Math.ceil((deltasAt + deltaBytes) / 4));
    const { transportCc } = transportFeedbackFormat;
    const { length } = buffer;
    writeFeedbackHeader(buffer, 0, rtcpType.transportFeedback, transportCc, length, this.#senderSsrc, mediaSsrc);
    buffer.writeUInt16BE(baseSequenceNumber, 12);
    buffer.writeUInt16BE(this.#statuses.length, 14);
    buffer.writeUIntBE(referenceTime % 2 ** 24, 16, 3);
    buffer.writeUInt8(this.#feedbackCount, 19);
    this.#feedbackCount = (this.#feedbackCount + 1) & 0xff;

    let at = transportFeedbackHeaderLength;
    for (const chunk of this.#chunks) at = buffer.writeUInt16BE(chunk, at);
    for (const delta of this.#deltas) {
      at = delta >= 0 && delta <= 0xff ? buffer.writeUInt8(delta, at) : buffer.writeInt16BE(delta, at);
    }
    return buffer;
  }
}

function runLength(statuses: readonly number[], start: number): number {
  let end = start + 1;
  while (end < statuses.length && statuses[end] === statuses[start]) end++;
  return end - start;
}

function noLargeDelta(statuses: readonly number[], start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (statuses[i] === packetStatus.largeDelta) return false;
  }
  return true;
}

/** `size` statuses of `bits` bits each, the first one in the highest place; those behind the end are 0. */
function vector(statuses: readonly number[], start: number, size: number, bits: number): number {
  let symbols = 0;
  for (let i = 0; i < size; i++) symbols = (symbols << bits) | (statuses[start + i] ?? 0);
  return symbols;
}
