import { setTimeout as delay } from 'node:timers/promises';
import { measureBrowserJoins } from './browser-joins.ts';
import type { Peer } from './peer.ts';
import { cpuUs, subtractUsage, usageOfTree } from './process-tree.ts';
import { losses, Rig } from './rig.ts';

export interface Load {
  readonly viewers: number;
  /** Between the last viewer's picture and the measurement: until compilers and estimators have settled. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Browsers that come one by one when all is measured. */
  readonly joins: number;
}

export interface PeerMeasurement {
  readonly name: string;
  readonly viewers: number;
  /** CPU time of the server's process tree for a packet that reached a viewer. */
  readonly userUsPerPacket: number;
  readonly systemUsPerPacket: number;
  /** CPU time of the server for a second of the stream, in cores. */
  readonly cores: number;
  /** 0 to 1: the host's packets that a viewer should have had and did not get. */
  readonly lossRatio: number;
  /** Of one viewer, the worst. */
  readonly worstLossRatio: number;
  /** All at once, while the host sends: until the last has its connection, and its first whole keyframe. */
  readonly connectAllMs: number;
  readonly picturesAllMs: number;
  /** CPU time of the server in that while, less what forwarding took, a viewer. */
  readonly connectCpuMs: number;
  /** Growth of the resident set from before the first viewer to the end, a viewer. */
  readonly memoryPerViewerBytes: number;
  /** One Chromium after the other: from its offer, or its request for one, to its first whole keyframe. */
  readonly joinMs: readonly number[];
  /** CPU time of the viewers' process while measured, in cores: a load that is near 1 measures itself. */
  readonly viewersCores: number;
}

export async function measurePeer(peer: Peer, load: Load): Promise<PeerMeasurement> {
  const rig = await Rig.start(peer);
  try {
    const viewers = await rig.addViewers(load.viewers);
    const before = usageOfTree(rig.server.pid);
    const joined = await Promise.all(viewers.map((viewer) => rig.join(viewer)));
    const stormMedia = await rig.mediaReceived();
    const connected = usageOfTree(rig.server.pid);
    const requestedAtMs = Math.min(...joined.map((one) => one.requestedAtMs));

    await delay(load.warmUpSeconds * 1000);
    const observed = await rig.observe(load.seconds);
    const residentBytes = usageOfTree(rig.server.pid).residentBytes;
    const received = observed.received.reduce((sum, { packets }) => sum + packets, 0);
    const usPerPacket = cpuUs(observed.server) / received;

    const joinMs = load.joins === 0 ? [] : await measureBrowserJoins(rig.server, load.joins);
    return {
      name: peer.name,
      viewers: load.viewers,
      userUsPerPacket: observed.server.userUs / received,
      systemUsPerPacket: observed.server.systemUs / received,
      cores: cpuUs(observed.server) / (load.seconds * 1e6),
      ...losses(observed),
      connectAllMs: Math.max(...joined.map((one) => one.connectedAtMs)) - requestedAtMs,
      picturesAllMs: Math.max(...joined.map((one) => one.pictureAtMs)) - requestedAtMs,
      connectCpuMs: (cpuUs(subtractUsage(connected, before)) - stormMedia * usPerPacket) / 1000 / load.viewers,
      memoryPerViewerBytes: (residentBytes - before.residentBytes) / load.viewers,
      joinMs,
      viewersCores: observed.viewersCpuUs / (load.seconds * 1e6),
    };
  } finally {
    await rig.stop();
  }
}
