import { setTimeout as delay } from 'node:timers/promises';
import { FRAMES_PER_SECOND, PACKETS_PER_FRAME } from '../stream.ts';
import { GeneratedClient } from './generator/generated-client.ts';
import { HostProcess } from './generator/host-process.ts';
import type { PacketRange, Received } from './generator/messages.ts';
import { monotonicMs } from './generator/monotonic.ts';
import { type ViewerHandle, ViewersProcess } from './generator/viewers-process.ts';
import type { Peer, RunningPeer } from './peer.ts';
import { addUsage, cpuUs, noUsage, subtractUsage, type Usage, usageOfTree } from './process-tree.ts';

/** Between the setting of a range and its first packet, so that no process is late for it. */
const LEAD_PACKETS = 15 * PACKETS_PER_FRAME;
/** Long enough for what is in socket buffers, pacers and event queues to be counted. */
const DRAIN_MS = 500;
const JOIN_TIMEOUT_MS = 20_000;

export interface Observation {
  readonly seconds: number;
  readonly isCutAnew: boolean;
  readonly received: readonly Received[];
  readonly server: Usage;
  readonly viewersCpuUs: number;
}

/** A peer with its host, and viewers as many as are asked for. */
export class Rig {
  readonly server: RunningPeer;
  readonly host: HostProcess;
  readonly #viewers: ViewersProcess[] = [];
  readonly #peer: Peer;

  private constructor(peer: Peer, server: RunningPeer, host: HostProcess) {
    this.#peer = peer;
    this.server = server;
    this.host = host;
  }

  static async start(peer: Peer): Promise<Rig> {
    const server = await peer.start();
    const host = await HostProcess.start();
    const rig = new Rig(peer, server, host);
    try {
      await host.connect(await server.publish(host.remote));
      await host.send();
      await server.published?.();
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  /** Viewers in a process of their own. */
  async addViewers(count: number): Promise<ViewerHandle[]> {
    const process = new ViewersProcess(this.#peer.viewerRole);
    this.#viewers.push(process);
    return await process.create(count);
  }

  /** Resolves when the viewer sees a picture; rejects where it does not in time. */
  async join(viewer: ViewerHandle): Promise<{ requestedAtMs: number; connectedAtMs: number; pictureAtMs: number }> {
    const requestedAtMs = monotonicMs();
    const client = new GeneratedClient(viewer);
    const seen = this.server.watch(client).then(() => client.connect());
    return { requestedAtMs, ...(await withinTime(seen)) };
  }

  /** Has all viewers count the packets of so many seconds from soon on, and tells how the server fared meanwhile. */
  async observe(seconds: number): Promise<Observation> {
    const from = (await this.host.nextNumber()) + LEAD_PACKETS;
    const range: PacketRange = { from, to: from + seconds * FRAMES_PER_SECOND * PACKETS_PER_FRAME };
    await Promise.all(this.#viewers.map((process) => process.expect(range)));
    await this.host.reach(range.from);
    const start = this.#usage();
    await this.host.reach(range.to);
    const end = this.#usage();
    await delay(DRAIN_MS);
    const counts = await Promise.all(this.#viewers.map((process) => process.count()));
    return {
      seconds,
      isCutAnew: this.#peer.cutsAnew ?? false,
      received: counts.flatMap(({ received }) => received),
      server: subtractUsage(end.server, start.server),
      viewersCpuUs: cpuUs(end.viewers) - cpuUs(start.viewers),
    };
  }

  async mediaReceived(): Promise<number> {
    const counts = await Promise.all(this.#viewers.map((process) => process.count()));
    return counts.reduce((sum, { media }) => sum + media, 0);
  }

  #usage(): { server: Usage; viewers: Usage } {
    const viewers = this.#viewers.map(({ pid }) => usageOfTree(pid));
    return { server: usageOfTree(this.server.pid), viewers: viewers.reduce(addUsage, noUsage) };
  }

  async stop(): Promise<void> {
    this.host.stop();
    for (const process of this.#viewers) process.stop();
    await this.server.stop();
  }
}

async function withinTime<Result>(promise: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`A viewer has no picture after ${JOIN_TIMEOUT_MS / 1000} s`)),
    JOIN_TIMEOUT_MS,
  );
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** By packets; by the ends of frames where only these are known. */
export function losses({ seconds, isCutAnew, received }: Observation): { lossRatio: number; worstLossRatio: number } {
  const frames = seconds * FRAMES_PER_SECOND;
  const ratios = received.map(({ numbers, frameEnds }) =>
    isCutAnew ? 1 - frameEnds / frames : 1 - numbers / (frames * PACKETS_PER_FRAME),
  );
  return { lossRatio: ratios.reduce((sum, one) => sum + one, 0) / ratios.length, worstLossRatio: Math.max(...ratios) };
}
