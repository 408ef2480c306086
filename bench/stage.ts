/** A server with one synthetic host and its viewers, each in a process of its own: what every bench of the whole needs. */

import { SyntheticVp8 } from '../packages/server/src/load/media/synthetic-stream.ts';
import type { TransportChoice } from '../packages/server/src/transport/create-transport.ts';
import { type ClientPeer, createClientPeer } from '../packages/server/src/transport/datachannel/client-peer.ts';
import { exchangeOffer, negotiate, publishOffer, syntheticVideo, watchOffer } from '../test/support/whip-peer.ts';
import { ServerProcess } from './server-process.ts';
import { FRAMES_PER_SECOND, PACKET_BYTES, PACKETS_PER_FRAME } from './stream.ts';
import { ViewerProcess } from './viewer-process.ts';

/** So that every viewer of the warm-up finds one soon. */
const KEYFRAME_INTERVAL = FRAMES_PER_SECOND / 2;

export class Stage {
  readonly server: ServerProcess;
  readonly #viewers: ViewerProcess;
  readonly #host: ClientPeer;
  readonly #stream = new SyntheticVp8({
    ssrc: syntheticVideo.ssrc,
    payloadType: syntheticVideo.payloadType,
    framesPerSecond: FRAMES_PER_SECOND,
    packetsPerFrame: PACKETS_PER_FRAME,
    packetLength: PACKET_BYTES,
    keyframeInterval: KEYFRAME_INTERVAL,
  });

  private constructor(server: ServerProcess, viewers: ViewerProcess, host: ClientPeer) {
    this.server = server;
    this.#viewers = viewers;
    this.#host = host;
  }

  /** The host is live then, and so many viewers are ready to be connected. */
  static async open(viewerCount: number, transport: TransportChoice = 'auto'): Promise<Stage> {
    const viewers = await ViewerProcess.start(viewerCount);
    const server = await ServerProcess.start(transport);
    const host = await createClientPeer();
    await negotiate(host, `${server.url}/whip/bench`, publishOffer(host.remote));
    await host.connected;
    return new Stage(server, viewers, host);
  }

  /** All at once. @returns the time until the last one could be sent media, in ms */
  async connectViewers(): Promise<number> {
    const startMs = performance.now();
    const connect = this.#viewers.remotes.map(async (remote, index) => {
      const { local } = await exchangeOffer(`${this.server.url}/whep/bench`, watchOffer(remote));
      await this.#viewers.connect(index, local);
    });
    await Promise.all(connect);
    return performance.now() - startMs;
  }

  readonly sendFrame = (): void => {
    for (const packet of this.#stream.nextFrame()) this.#host.send(packet);
  };

  /** RTP packets that all viewers have received so far. */
  async rtpReceived(): Promise<number> {
    return (await this.#viewers.rtpReceived()).reduce((total, number) => total + number, 0);
  }

  close(): void {
    this.#host.close();
    this.#viewers.stop();
    this.server.stop();
  }
}
