import { RtpPacketView } from '../../packages/server/src/rtp/packet.ts';
import { inspectPayload } from '../../packages/server/src/rtp/payload/inspect.ts';
import { PayloadInfo } from '../../packages/server/src/rtp/payload/payload-info.ts';
import { seqDiff, timestampDiff } from '../../packages/server/src/rtp/sequence.ts';

const maxFaults = 5;
/** 15 bits. */
const pictureIdMask = 0x7fff;

/**
 * Watches one VP8 stream where it leaves the server: whatever layer feeds it, numbers go on without a gap and
 * timestamps never step back. For hosts whose packets all arrive; others have gaps of their own.
 */
export class StreamAudit {
  /** What was wrong, in words; the first few. */
  readonly faults: string[] = [];
  packets = 0;
  /** Frames from the first to the last, those included of which nothing came from the host. */
  frames = 1;
  readonly #ssrc: number;
  readonly #view = new RtpPacketView();
  readonly #payload = new PayloadInfo();
  #sequence = 0;
  #pictureId = 0;
  #newestPictureId = -1;
  #timestamp = 0;
  #marker = true;

  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  onPacket(packet: Buffer): void {
    const view = this.#view;
    if (!view.parse(packet) || view.ssrc !== this.#ssrc) return;
    inspectPayload('VP8', packet, view.payloadOffset, view.payloadLength, this.#payload);
    if (this.packets > 0) this.#compare(view);
    this.#countFrames();
    this.packets += 1;
    this.#sequence = view.sequenceNumber;
    this.#pictureId = this.#payload.pictureId;
    this.#timestamp = view.timestamp;
    this.#marker = view.marker;
  }

  #countFrames(): void {
    const { pictureId } = this.#payload;
    const ahead = this.packets === 0 ? 0 : (pictureId - this.#newestPictureId) & pictureIdMask;
    // Otherwise it is a late packet of an earlier frame.
    if (ahead > pictureIdMask / 2) return;
    this.frames += ahead;
    this.#newestPictureId = pictureId;
  }

  #compare(view: RtpPacketView): void {
    const { pictureId, frameStart, keyframeStart } = this.#payload;
    const numbers = seqDiff(view.sequenceNumber, this.#sequence);
    if (numbers !== 1) this.#fault(`sequence number ${numbers} on`);
    const pictures = (pictureId - this.#pictureId) & pictureIdMask;
    if (pictures !== (frameStart ? 1 : 0)) this.#fault(`picture id ${pictures} on`);
    const elapsed = timestampDiff(view.timestamp, this.#timestamp);
    if (frameStart ? elapsed <= 0 : elapsed !== 0) this.#fault(`timestamp ${elapsed} on`);
    // A change of layer may cut the frame before it short.
    if (frameStart && !this.#marker && !keyframeStart) this.#fault('a frame without an end');
  }

  #fault(what: string): void {
    if (this.faults.length < maxFaults) this.faults.push(`${what} at packet ${this.packets}`);
  }
}
