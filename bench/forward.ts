/**
 * The whole server between one synthetic host and its viewers: WHIP, WHEP, ICE, DTLS, SRTP, the SFU. The packets are
 * those of the floor (`bare-loop.ts`), so the two figures of one run compare.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SyntheticVp8 } from '../packages/server/src/load/media/synthetic-stream.ts';
import { createTestPeer } from '../packages/server/src/transport/datachannel/test-peer.ts';
import { exchangeOffer, negotiate, publishOffer, syntheticVideo, watchOffer } from '../test/support/whip-peer.ts';
import type { LoopOptions } from './bare-loop.ts';
import type { Measurement } from './measurement.ts';
import { ServerProcess, type ServerUsage } from './server-process.ts';
import { FRAMES_PER_SECOND, PACKET_BYTES, PACKETS_PER_FRAME, paceFrames, WARM_UP_FRAMES } from './stream.ts';
import { ViewerProcess } from './viewer-process.ts';

const DRAIN_MS = 500;
/** So that every viewer of the warm-up finds one soon. */
const KEYFRAME_INTERVAL = FRAMES_PER_SECOND / 2;

export async function measureForwarding({ viewers, seconds }: LoopOptions): Promise<Measurement> {
  const viewerProcess = await ViewerProcess.start(viewers);
  const server = await ServerProcess.start();
  const host = await createTestPeer();
  try {
    await negotiate(host, `${server.url}/whip/bench`, publishOffer(host.remote));
    await host.connected;
    const stream = new SyntheticVp8({
      ssrc: syntheticVideo.ssrc,
      payloadType: syntheticVideo.payloadType,
      framesPerSecond: FRAMES_PER_SECOND,
      packetsPerFrame: PACKETS_PER_FRAME,
      packetLength: PACKET_BYTES,
      keyframeInterval: KEYFRAME_INTERVAL,
    });
    const sendFrame = (): void => {
      for (const packet of stream.nextFrame()) host.send(packet);
    };

    const before = await server.usage();
    const connectStartMs = performance.now();
    await Promise.all(
      viewerProcess.remotes.map(async (remote, index) => {
        const { local } = await exchangeOffer(`${server.url}/whep/bench`, watchOffer(remote));
        await viewerProcess.connect(index, local);
      }),
    );
    const connectAllMs = performance.now() - connectStartMs;
    const connected = await server.usage();

    await paceFrames(WARM_UP_FRAMES, sendFrame);
    await delay(DRAIN_MS);
    const receivedBefore = sum(await viewerProcess.rtpReceived());
    const start = await server.usage();
    const frames = seconds * FRAMES_PER_SECOND;
    await paceFrames(frames, sendFrame);
    const end = await server.usage();
    await delay(DRAIN_MS);

    const packetsSent = frames * PACKETS_PER_FRAME * viewers;
    const received = sum(await viewerProcess.rtpReceived()) - receivedBefore;
    return {
      name: 'forward',
      viewers,
      ...cpuPerPacket(start, end, packetsSent),
      packetsSent,
      lossRatio: 1 - received / packetsSent,
      connectAllMs,
      memoryPerViewerBytes: (connected.rssBytes - before.rssBytes) / viewers,
    };
  } finally {
    host.close();
    viewerProcess.stop();
    server.stop();
  }
}

function cpuPerPacket(start: ServerUsage, end: ServerUsage, packetCount: number) {
  return {
    userUsPerPacket: (end.cpu.user - start.cpu.user) / packetCount,
    systemUsPerPacket: (end.cpu.system - start.cpu.system) / packetCount,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
