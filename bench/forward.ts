/**
 * The whole server between one synthetic host and its viewers: WHIP, WHEP, ICE, DTLS, SRTP, the SFU. The packets are
 * those of the floor (`bare-loop.ts`), so the two figures of one run compare.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TransportName } from '../packages/server/src/transport/create-transport.ts';
import type { LoopOptions } from './bare-loop.ts';
import type { Measurement } from './measurement.ts';
import type { ServerUsage } from './server-process.ts';
import { Stage } from './stage.ts';
import { FRAMES_PER_SECOND, PACKETS_PER_FRAME, paceFrames, WARM_UP_FRAMES } from './stream.ts';

const DRAIN_MS = 500;

export async function measureServer(transport: TransportName, { viewers, seconds }: LoopOptions): Promise<Measurement> {
  const stage = await Stage.open(viewers, transport);
  try {
    const before = await stage.server.usage();
    const connectAllMs = await stage.connectViewers();
    const connected = await stage.server.usage();

    await paceFrames(WARM_UP_FRAMES, stage.sendFrame);
    await delay(DRAIN_MS);
    const receivedBefore = await stage.rtpReceived();
    const start = await stage.server.usage();
    const frames = seconds * FRAMES_PER_SECOND;
    await paceFrames(frames, stage.sendFrame);
    const end = await stage.server.usage();
    await delay(DRAIN_MS);

    const packetsSent = frames * PACKETS_PER_FRAME * viewers;
    const received = (await stage.rtpReceived()) - receivedBefore;
    return {
      name: `server, ${transport}`,
      viewers,
      ...cpuPerPacket(start, end, packetsSent),
      packetsSent,
      lossRatio: 1 - received / packetsSent,
      connectAllMs,
      memoryPerViewerBytes: (connected.rssBytes - before.rssBytes) / viewers,
    };
  } finally {
    stage.close();
  }
}

function cpuPerPacket(start: ServerUsage, end: ServerUsage, packetCount: number) {
  return {
    userUsPerPacket: (end.cpu.user - start.cpu.user) / packetCount,
    systemUsPerPacket: (end.cpu.system - start.cpu.system) / packetCount,
  };
}
