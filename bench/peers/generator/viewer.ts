import { readTransportCc } from '../../../packages/server/src/rtp/extensions.ts';
import { isRtcp, RtpPacketView } from '../../../packages/server/src/rtp/packet.ts';
import { PayloadInfo } from '../../../packages/server/src/rtp/payload/payload-info.ts';
import { inspectVp8 } from '../../../packages/server/src/rtp/payload/vp8.ts';
import { writePli } from '../../../packages/server/src/rtp/rtcp/keyframe-request.ts';
import { writeRemb } from '../../../packages/server/src/rtp/rtcp/remb.ts';
import { writeReceiverReport } from '../../../packages/server/src/rtp/rtcp/report.ts';
import { TransportFeedbackRecorder } from '../../../packages/server/src/sfu/transport-feedback-recorder.ts';
import type { MediaPeer } from './media-peer.ts';
import type { Negotiated, PacketRange, Received } from './messages.ts';
import { monotonicMs } from './monotonic.ts';
import { readPacketNumber } from './packet-number.ts';

const OWN_SSRC = 1;
const REPORT_INTERVAL_MS = 1000;
/** As long as browsers wait for the keyframe of a stream that has begun, before they ask for one. */
const KEYFRAME_WAIT_MS = 200;
/** What a viewer says it could take: far more than the stream has, so that nothing holds a server back. */
const REMB_BPS = 20_000_000;

/** Receives one stream as a browser does, without decoding: counts, reports, feedback, a request for a keyframe. */
export class Viewer {
  readonly peer: MediaPeer;
  onPicture: () => void = () => {};
  /** All packets of media since the connection. */
  media = 0;
  readonly #packet = new RtpPacketView();
  readonly #payload = new PayloadInfo();
  readonly #recorder = new TransportFeedbackRecorder(OWN_SSRC);
  readonly #rtcp = Buffer.alloc(128);
  #negotiated: Negotiated | undefined;
  #range: PacketRange = { from: 0, to: 0 };
  #seen = new Uint8Array(0);
  #inRange = 0;
  #framesInRange = 0;
  #packetsInRange = 0;
  #packetsOfFrame = 0;
  #ssrc = -1;
  #highest = 0;
  #keyframeTimestamp = -1;
  #hasPicture = false;
  #askAtMs = 0;
  #reportAtMs = 0;

  constructor(peer: MediaPeer) {
    this.peer = peer;
    peer.onPacket = (packet) => this.#receive(packet);
  }

  get received(): Received {
    return { numbers: this.#inRange, frameEnds: this.#framesInRange, packets: this.#packetsInRange };
  }

  connect(negotiated: Negotiated): void {
    this.#negotiated = negotiated;
    this.peer.connect(negotiated);
  }

  expect(range: PacketRange): void {
    this.#range = range;
    this.#seen = new Uint8Array(range.to - range.from);
    this.#inRange = 0;
    this.#framesInRange = 0;
    this.#packetsInRange = 0;
  }

  /** Sends what is due; called some twenty times a second. */
  tick(nowMs: number): void {
    const { peer } = this;
    if (!peer.isOpen || this.#ssrc < 0) return;
    for (const feedback of this.#recorder.collect(this.#ssrc, nowMs * 1000)) peer.send(feedback);
    if (!this.#hasPicture && nowMs >= this.#askAtMs) {
      this.#askAtMs = nowMs + KEYFRAME_WAIT_MS;
      peer.send(this.#rtcp.subarray(0, writePli(this.#rtcp, 0, OWN_SSRC, this.#ssrc)));
    }
    if (nowMs >= this.#reportAtMs) {
      this.#reportAtMs = nowMs + REPORT_INTERVAL_MS;
      this.#report();
    }
  }

  #report(): void {
    const block = {
      ssrc: this.#ssrc,
      fractionLost: 0,
      cumulativeLost: 0,
      highestSequenceNumber: this.#highest,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    };
    let length = writeReceiverReport(this.#rtcp, 0, { ssrc: OWN_SSRC, blocks: [block] });
    if (this.#negotiated?.remb === true && this.#negotiated.transportCcId === 0) {
      const remb = { senderSsrc: OWN_SSRC, bitrateBps: REMB_BPS, ssrcs: [this.#ssrc] };
      length += writeRemb(this.#rtcp, length, remb);
    }
    this.peer.send(this.#rtcp.subarray(0, length));
  }

  #receive(bytes: Buffer): void {
    const negotiated = this.#negotiated;
    const packet = this.#packet;
    if (negotiated === undefined || isRtcp(bytes) || !packet.parse(bytes)) return;
    const transportSequence = readTransportCc(packet, negotiated.transportCcId);
    if (transportSequence >= 0) this.#recorder.onPacket(transportSequence, monotonicMs() * 1000);
    // Retransmissions and what probes a line have other payload types, padding has no payload.
    if (packet.payloadType !== negotiated.payloadType || packet.payloadLength === 0) return;
    if (this.#ssrc < 0) this.#askAtMs = monotonicMs() + KEYFRAME_WAIT_MS;
    this.#ssrc = packet.ssrc;
    this.#highest = packet.sequenceNumber;
    this.media += 1;
    this.#count(readPacketNumber(bytes), packet.marker);
    if (!this.#hasPicture) this.#lookForPicture();
  }

  /** Packets count for the frame that ends with the next marker, since a server may have cut the frame anew. */
  #count(number: number, endsFrame: boolean): void {
    const { from, to } = this.#range;
    this.#packetsOfFrame += 1;
    if (number >= from && number < to && this.#seen[number - from] === 0) {
      this.#seen[number - from] = 1;
      this.#inRange += 1;
      if (endsFrame) {
        this.#framesInRange += 1;
        this.#packetsInRange += this.#packetsOfFrame;
      }
    }
    if (endsFrame) this.#packetsOfFrame = 0;
  }

  /** A picture is there with the last packet of the frame that a keyframe began. */
  #lookForPicture(): void {
    const packet = this.#packet;
    const payload = this.#payload;
    payload.reset();
    inspectVp8(packet.buffer, packet.payloadOffset, packet.payloadLength, payload);
    if (payload.keyframeStart) this.#keyframeTimestamp = packet.timestamp;
    if (packet.marker && packet.timestamp === this.#keyframeTimestamp) {
      this.#hasPicture = true;
      this.onPicture();
    }
  }
}
