import { setTimeout as delay } from 'node:timers/promises';
import { type JoinCurve, joinTimesMs } from './curves.ts';
import { prepareMedia } from './media/host-media.ts';
import type { Plan, PlannedViewer } from './plan.ts';
import { seededRandom } from './random.ts';
import { MachineMeter, ServerMeter } from './report/machine.ts';
import { type LoadReport, makeReport } from './report/report.ts';
import type { HostRecord, Progress, WorkerResult } from './worker/worker-messages.ts';
import { WorkerProcess } from './worker/worker-process.ts';

export interface RunOptions {
  readonly plan: Plan;
  readonly rooms: readonly string[];
  readonly viewersPerRoom: number;
  readonly join: JoinCurve;
  /** After the last viewer has come. */
  readonly durationSeconds: number;
  /** After the last viewer has come, before packets count; 0: they count from each viewer's first. */
  readonly warmUpSeconds: number;
  /** Processes of viewers. */
  readonly workers: number;
  readonly serverPid: number | undefined;
  onProgress(progress: Progress, elapsedSeconds: number): void;
}

const roomsPerHostProcess = 25;
const progressIntervalMs = 1000;
const pollMs = 50;
/** Within it a viewer has come, or its calls have run into their time limits. */
const joinTimeoutMs = 60_000;
/** So that servers have seen the stream's beginning before the first viewer asks for it. */
const leadMs = 500;
/** For what is on its way, and for the last repairs. */
const drainMs = 2000;

/** One run from its first host to the last viewer that has left. @throws MediaFileError */
export async function runLoad(options: RunOptions): Promise<LoadReport> {
  // A file that cannot be read is told of here, before there are processes that would each stumble over it.
  prepareMedia(options.plan.media);
  const processes = new Processes(options);
  try {
    const hosts = await processes.publish();
    const server = options.serverPid === undefined ? undefined : new ServerMeter(options.serverPid);
    const machine = new MachineMeter();
    const published = hosts.filter(({ error }) => error === undefined).map(({ room }) => room);
    const planned = published.length * options.viewersPerRoom;
    if (planned > 0) await delay(leadMs);
    await processes.join(planViewers(options, published));
    await processes.everybodyCame(planned);
    if (options.warmUpSeconds > 0) {
      await processes.watch(options.warmUpSeconds);
      await processes.startCounting();
      machine.restart();
      server?.restart();
    }
    if (planned > 0) await processes.watch(options.durationSeconds);
    const { connected } = await processes.progress();
    const used = { machine: machine.read(), server: server?.read(connected) };
    const counted = await processes.stopCounting();
    if (planned > 0) await delay(drainMs);
    const results = await processes.finish(counted);
    return makeReport({ planned, results, hosts: counted, ...used });
  } finally {
    processes.end();
  }
}

function planViewers({ plan, join, viewersPerRoom }: RunOptions, rooms: readonly string[]): PlannedViewer[] {
  const times = joinTimesMs(join, rooms.length * viewersPerRoom, seededRandom(plan.seed));
  // Rooms fill evenly.
  return times.map((joinAtMs, index) => ({ joinAtMs, room: rooms[index % rooms.length] ?? '' }));
}

/** The processes of a run: hosts have some of their own, so that viewers do not delay what is sent to them. */
class Processes {
  readonly #options: RunOptions;
  readonly #hosts: readonly WorkerProcess[];
  readonly #viewers: readonly WorkerProcess[];
  readonly #startMs = performance.now();
  #progressDueMs = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    const hostCount = Math.ceil(options.rooms.length / roomsPerHostProcess);
    this.#hosts = Array.from({ length: hostCount }, () => new WorkerProcess());
    const viewerCount = options.viewersPerRoom === 0 ? 0 : options.workers;
    this.#viewers = Array.from({ length: viewerCount }, () => new WorkerProcess());
  }

  async publish(): Promise<HostRecord[]> {
    const { plan, rooms } = this.#options;
    const replies = this.#hosts.map((process, index) => {
      const share = rooms.filter((_, room) => room % this.#hosts.length === index);
      return process.ask({ type: 'publish', plan, rooms: share, seed: plan.seed + 1000 + index }, 'published');
    });
    return (await Promise.all(replies)).flatMap(({ hosts }) => hosts);
  }

  async join(viewers: readonly PlannedViewer[]): Promise<void> {
    const { plan } = this.#options;
    const replies = this.#viewers.map((process, index) => {
      const share = viewers.filter((_, viewer) => viewer % this.#viewers.length === index);
      return process.ask({ type: 'join', plan, viewers: share, seed: plan.seed + 1 + index }, 'joining');
    });
    await Promise.all(replies);
  }

  /** Waits until each has come or failed; those who leave again count as having come. */
  async everybodyCame(planned: number): Promise<void> {
    const lastJoinMs = joinSpanMs(this.#options, planned);
    const fromMs = performance.now();
    for (;;) {
      const elapsedMs = performance.now() - fromMs;
      const { connected, joining, failed } = await this.progress();
      if (elapsedMs >= lastJoinMs && (connected + failed >= planned || joining === 0)) return;
      if (elapsedMs > lastJoinMs + joinTimeoutMs) return;
      await delay(pollMs);
    }
  }

  async watch(seconds: number): Promise<void> {
    const untilMs = performance.now() + seconds * 1000;
    for (;;) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      await delay(Math.min(leftMs, progressIntervalMs));
      await this.progress();
    }
  }

  async progress(): Promise<Progress> {
    const parts = await Promise.all(this.#viewers.map((process) => process.ask({ type: 'progress' }, 'progress')));
    const sum = (pick: (part: Progress) => number) => parts.reduce((total, part) => total + pick(part), 0);
    const progress = {
      connected: sum(({ connected }) => connected),
      joining: sum(({ joining }) => joining),
      failed: sum(({ failed }) => failed),
      packets: sum(({ packets }) => packets),
    };
    const nowMs = performance.now();
    if (nowMs >= this.#progressDueMs) {
      this.#progressDueMs = nowMs + progressIntervalMs;
      this.#options.onProgress(progress, (nowMs - this.#startMs) / 1000);
    }
    return progress;
  }

  async startCounting(): Promise<void> {
    await Promise.all(this.#all.map((process) => process.ask({ type: 'startCounting' }, 'counting')));
  }

  async stopCounting(): Promise<HostRecord[]> {
    const replies = await Promise.all(this.#all.map((process) => process.ask({ type: 'stopCounting' }, 'counted')));
    return replies.flatMap(({ hosts }) => hosts);
  }

  /** Viewers leave before the hosts do, so that none is told that its stream has ended. */
  async finish(hosts: readonly HostRecord[]): Promise<WorkerResult[]> {
    const hostPackets = hosts.map(({ room, packets }) => [room, packets] as const);
    const finish = (process: WorkerProcess) => process.ask({ type: 'finish', hostPackets }, 'result');
    const viewers = await Promise.all(this.#viewers.map(finish));
    return [...viewers, ...(await Promise.all(this.#hosts.map(finish)))];
  }

  end(): void {
    for (const process of this.#all) process.stop();
  }

  get #all(): WorkerProcess[] {
    return [...this.#hosts, ...this.#viewers];
  }
}

function joinSpanMs({ plan, join }: RunOptions, planned: number): number {
  return joinTimesMs(join, planned, seededRandom(plan.seed)).at(-1) ?? 0;
}
