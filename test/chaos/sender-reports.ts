import { isRtcp } from '../../packages/server/src/rtp/packet.ts';
import { RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { parseSenderReport } from '../../packages/server/src/rtp/rtcp/report.ts';
import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { negotiate, syntheticVideo, watchOffer } from '../support/whip-peer.ts';

const videoClockRate = 90_000;
const receiverReport = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 1]);
const reportIntervalMs = 1000;

/** A viewer that looks at the sender reports alone. */
export class ReportViewer {
  /** Of the video: seconds of the wall clock that it tells, and of the stream, both since the first one. */
  readonly reports: { readonly wall: number; readonly media: number }[] = [];
  readonly #peer: ClientPeer;
  readonly #timer: NodeJS.Timeout;
  readonly #cursor = new RtcpCursor();
  #first: { readonly wall: number; readonly rtp: number } | undefined;
  #videoSsrc = -1;

  private constructor(peer: ClientPeer) {
    this.#peer = peer;
    this.#timer = setInterval(() => peer.send(receiverReport), reportIntervalMs);
    peer.onPacket = (packet) => this.#receive(packet);
  }

  static async watch(whepUrl: string): Promise<ReportViewer> {
    const peer = await createClientPeer();
    const viewer = new ReportViewer(peer);
    await negotiate(peer, whepUrl, watchOffer(peer.remote));
    await peer.connected;
    return viewer;
  }

  #receive(packet: Buffer): void {
    if (isRtcp(packet)) this.#read(packet);
    else if ((packet.readUInt8(1) & 0x7f) === syntheticVideo.payloadType) this.#videoSsrc = packet.readUInt32BE(8);
  }

  #read(packet: Buffer): void {
    this.#cursor.open(packet);
    while (this.#cursor.next()) {
      if (this.#cursor.packetType !== rtcpType.senderReport) continue;
      const report = parseSenderReport(this.#cursor);
      if (report?.ssrc !== this.#videoSsrc) continue;
      const wall = report.ntpSeconds + report.ntpFraction / 2 ** 32;
      this.#first ??= { wall, rtp: report.rtpTimestamp };
      const media = ((report.rtpTimestamp - this.#first.rtp) >>> 0) / videoClockRate;
      this.reports.push({ wall: wall - this.#first.wall, media });
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#peer.close();
  }
}
