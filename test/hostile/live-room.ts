import { isRtcp } from '../../packages/server/src/rtp/packet.ts';
import { payloadFeedbackFormat, RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { eventually } from '../support/eventually.ts';
import { SyntheticOpus, SyntheticVp8 } from '../support/synthetic-stream.ts';
import { exchangeOffer, publishOffer, syntheticAudio, syntheticVideo, watchOffer } from '../support/whip-peer.ts';
import { RandomBytes } from './random-bytes.ts';
import { TrackCheck } from './track-check.ts';

const paceMs = 5;
const reportIntervalMs = 1000;
/** Half a second. */
const framesToGoOn = 15;
/** RTP header, VP8 descriptor and keyframe header; behind them a payload may be anything. */
const fixedLength = { video: 28, audio: 13 } as const;
const receiverReport = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 1]);

/** A host that sends in real time over a real connection, and viewers that check every packet they get. */
export class LiveRoom {
  /** The host's session. */
  readonly hostUrl: string;
  /** ICE user fragments of the host's connection, as its STUN requests name them: the server's, a colon, the host's. */
  readonly hostUsername: string;
  readonly #host: ClientPeer;
  readonly #viewers: { readonly url: string; readonly peer: ClientPeer; readonly checks: readonly TrackCheck[] }[] = [];
  readonly #video = new SyntheticVp8({ ...syntheticVideo, keyframeInterval: 60 });
  readonly #audio = new SyntheticOpus(syntheticAudio);
  readonly #random = new RandomBytes(1);
  readonly #sentVideo: Buffer[] = [];
  readonly #sentAudio: Buffer[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  private constructor(host: ClientPeer, hostUrl: string, hostUsername: string) {
    this.#host = host;
    this.hostUrl = hostUrl;
    this.hostUsername = hostUsername;
  }

  static async open(serverUrl: string, roomId: string, viewerCount: number): Promise<LiveRoom> {
    const host = await createClientPeer();
    const { resource, local } = await exchangeOffer(`${serverUrl}/whip/${roomId}`, publishOffer(host.remote));
    const room = new LiveRoom(host, resource, `${local.ice.ufrag}:${host.remote.ice.ufrag}`);
    host.onPacket = (packet) => room.#takeFeedback(packet);
    host.connect(local);
    await host.connected;
    // The host may know of it before the server does.
    const info = async () => (await fetch(`${serverUrl}/rooms/${roomId}`)).text();
    await eventually(info, (text) => text.includes('"has_host":true'), 'the host to be live');
    room.#sendInRealTime();
    for (let count = 1; count <= viewerCount; count += 1)
      await room.#addViewer(`${serverUrl}/whep/${roomId}`, `viewer ${count}`);
    await room.goOn();
    return room;
  }

  /** Resolves when every viewer has got some more frames. */
  async goOn(): Promise<void> {
    const frames = () => this.#viewers.map(({ checks: [video] }) => video?.frames ?? 0);
    const before = frames();
    await eventually(
      frames,
      (now) => now.every((count, viewer) => count >= (before[viewer] ?? 0) + framesToGoOn),
      'more frames at every viewer',
    );
  }

  /** All that has gone wrong at the viewers so far. */
  get faults(): string[] {
    return this.#viewers.flatMap(({ checks }) => checks.flatMap(({ faults }) => faults));
  }

  #takeFeedback(packet: Buffer): void {
    const cursor = new RtcpCursor();
    cursor.open(packet);
    while (cursor.next()) {
      const { packetType, format } = cursor;
      if (packetType === rtcpType.payloadFeedback && format === payloadFeedbackFormat.pli)
        this.#video.requestKeyframe();
    }
  }

  #sendInRealTime(): void {
    const startMs = performance.now();
    let [frames, audioPackets] = [0, 0];
    const sendDue = () => {
      const elapsedUs = (performance.now() - startMs) * 1000;
      for (; frames * this.#video.frameIntervalUs <= elapsedUs; frames += 1)
        for (const packet of this.#video.nextFrame()) this.#send(packet, fixedLength.video, this.#sentVideo);
      for (; audioPackets * this.#audio.frameIntervalUs <= elapsedUs; audioPackets += 1)
        this.#send(this.#audio.nextPacket(), fixedLength.audio, this.#sentAudio);
    };
    this.#timers.push(setInterval(sendDue, paceMs));
  }

  #send(packet: Buffer, fixed: number, sent: Buffer[]): void {
    this.#random.bytes(packet.length - fixed).copy(packet, fixed);
    sent.push(packet);
    this.#host.send(packet);
  }

  async #addViewer(url: string, name: string): Promise<void> {
    const peer = await createClientPeer();
    const video = new TrackCheck(`${name}, video`, this.#sentVideo, 'VP8');
    const audio = new TrackCheck(`${name}, audio`, this.#sentAudio, 'Opus');
    peer.onPacket = (packet) => {
      if (isRtcp(packet)) return;
      const isVideo = (packet.readUInt8(1) & 0x7f) === syntheticVideo.payloadType;
      (isVideo ? video : audio).receive(packet);
    };
    const { resource, local } = await exchangeOffer(url, watchOffer(peer.remote));
    peer.connect(local);
    await peer.connected;
    this.#timers.push(setInterval(() => peer.send(receiverReport), reportIntervalMs));
    this.#viewers.push({ url: resource, peer, checks: [video, audio] });
  }

  /** Ends it when the viewers have all that was sent; nothing more comes where a packet is lost. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await eventually(
      () => this.#viewers.flatMap(({ checks }) => checks.map(({ missing }) => missing)),
      (missing) => missing.every((count) => count === 0),
      'the last packets to arrive',
    );
    for (const { url, peer } of [...this.#viewers, { url: this.hostUrl, peer: this.#host }]) {
      await fetch(url, { method: 'DELETE' });
      peer.close();
    }
  }
}
