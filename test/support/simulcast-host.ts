import { setInterval } from 'node:timers';
import { ntpFraction, ntpSeconds } from '../../packages/server/src/rtp/ntp.ts';
import { payloadFeedbackFormat, RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { parsePli } from '../../packages/server/src/rtp/rtcp/keyframe-request.ts';
import { writeSenderReport } from '../../packages/server/src/rtp/rtcp/report.ts';
import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { encodeVp8Films, framesPerSecond, type Vp8FilmOptions, type Vp8Frame } from './vp8-film.ts';
import { exchangeOffer, ridExtensionId, simulcastOffer, simulcastPayloadType } from './whip-peer.ts';

export interface SimulcastLayer extends Vp8FilmOptions {
  readonly rid: string;
}

const clockRate = 90_000;
const maxPayloadLength = 1_150;
const reportIntervalFrames = framesPerSecond;
const firstSsrc = 5_000;

/**
 * A host of several resolutions whose CPU time is spent before it goes live: encoded films, sent as RTP in real time.
 * As an encoder would, a layer that is asked for a keyframe sends one next: it jumps to the next one of its film.
 */
export class SimulcastHost {
  readonly #peer: ClientPeer;
  readonly #layers: readonly LayerPlayer[];
  readonly #timer: NodeJS.Timeout;
  readonly #startMs = performance.now();
  readonly #startUs = Date.now() * 1000;
  #frame = 0;

  private constructor(peer: ClientPeer, layers: readonly LayerPlayer[]) {
    this.#peer = peer;
    this.#layers = layers;
    const cursor = new RtcpCursor();
    peer.onPacket = (packet) => {
      cursor.open(packet);
      while (cursor.next()) {
        const { packetType, format } = cursor;
        if (packetType !== rtcpType.payloadFeedback || format !== payloadFeedbackFormat.pli) continue;
        const ssrc = parsePli(cursor);
        layers.find((layer) => layer.ssrc === ssrc)?.skipToKeyframe();
      }
    };
    this.#timer = setInterval(() => this.#sendWhatIsDue(), 1000 / framesPerSecond);
  }

  /**
   * @param layers smallest first
   * @param bindAddress of this host's own socket
   */
  static async start(
    whipUrl: string,
    layers: readonly SimulcastLayer[],
    bindAddress = '127.0.0.1',
  ): Promise<SimulcastHost> {
    const films = encodeVp8Films(layers);
    const peer = await createClientPeer({ bindAddress });
    const rids = layers.map(({ rid }) => rid);
    const { local } = await exchangeOffer(whipUrl, simulcastOffer(peer.remote, rids));
    peer.connect(local);
    await peer.connected;
    const players = rids.map((rid, index) => new LayerPlayer(rid, firstSsrc + index, films[index] ?? []));
    return new SimulcastHost(peer, players);
  }

  /** Frames that a late timer has missed are made up for, so that the frame rate holds. */
  #sendWhatIsDue(): void {
    const dueFrame = ((performance.now() - this.#startMs) * framesPerSecond) / 1000;
    for (; this.#frame <= dueFrame; this.#frame += 1) {
      const timestamp = (this.#frame * clockRate) / framesPerSecond;
      const captureUs = this.#startUs + (this.#frame * 1e6) / framesPerSecond;
      for (const layer of this.#layers) {
        for (const packet of layer.nextFrame(timestamp)) this.#peer.send(packet);
        if (this.#frame % reportIntervalFrames === 0) this.#peer.send(layer.report(timestamp, captureUs));
      }
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#peer.close();
  }
}

/** One layer: its film in a loop, as RTP packets (RFC 7741) that name its rid. */
class LayerPlayer {
  readonly ssrc: number;
  readonly #extension: Buffer;
  readonly #film: readonly Vp8Frame[];
  #at = 0;
  #pictureId = 0;
  #sequence = 0;
  #octetCount = 0;

  constructor(rid: string, ssrc: number, film: readonly Vp8Frame[]) {
    this.ssrc = ssrc;
    this.#film = film;
    this.#extension = ridExtension(rid);
  }

  skipToKeyframe(): void {
    while (this.#film[this.#at]?.isKeyframe === false) this.#at = (this.#at + 1) % this.#film.length;
  }

  nextFrame(timestamp: number): Buffer[] {
    const frame = this.#film[this.#at]?.bytes ?? Buffer.alloc(0);
    this.#at = (this.#at + 1) % this.#film.length;
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    const packets: Buffer[] = [];
    for (let start = 0; start < frame.length; start += maxPayloadLength) {
      const part = frame.subarray(start, start + maxPayloadLength);
      packets.push(this.#packet(part, timestamp, start === 0, start + part.length === frame.length));
    }
    return packets;
  }

  #packet(part: Buffer, timestamp: number, isFirst: boolean, isLast: boolean): Buffer {
    const header = Buffer.from([0x90, simulcastPayloadType | (isLast ? 0x80 : 0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt16BE(this.#sequence & 0xffff, 2);
    header.writeUInt32BE(timestamp >>> 0, 4);
    header.writeUInt32BE(this.ssrc, 8);
    this.#sequence += 1;
    this.#octetCount += part.length;
    // X, S on a frame's first packet; I with 15 bits (RFC 7741, section 4.2).
    const descriptor = Buffer.from([
      isFirst ? 0x90 : 0x80,
      0x80,
      0x80 | (this.#pictureId >> 8),
      this.#pictureId & 0xff,
    ]);
    return Buffer.concat([header, this.#extension, descriptor, part]);
  }

  report(rtpTimestamp: number, captureUs: number): Buffer {
    const report = Buffer.alloc(28);
    writeSenderReport(report, 0, {
      ssrc: this.ssrc,
      ntpSeconds: ntpSeconds(captureUs),
      ntpFraction: ntpFraction(captureUs),
      rtpTimestamp: rtpTimestamp >>> 0,
      packetCount: this.#sequence,
      octetCount: this.#octetCount,
      blocks: [],
    });
    return report;
  }
}

/** In the one-byte form, padded to 32 bits (RFC 8285, section 4.2). */
function ridExtension(rid: string): Buffer {
  const elements = [(ridExtensionId << 4) | (rid.length - 1), ...Buffer.from(rid)];
  while (elements.length % 4 !== 0) elements.push(0);
  return Buffer.from([0xbe, 0xde, 0, elements.length / 4, ...elements]);
}
