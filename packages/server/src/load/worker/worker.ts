/** A process of the load generator: some hosts, or some viewers. `WorkerProcess` is the other end. */
import { Audience } from '../client/audience.ts';
import { Host } from '../client/host.ts';
import { CallError } from '../client/http-call.ts';
import { type HostMedia, prepareMedia } from '../media/host-media.ts';
import { seededRandom } from '../random.ts';
import { percentiles } from '../report/histogram.ts';
import { HealthMeter } from './generator-health.ts';
import type { HostRecord, WorkerCommand, WorkerReply } from './worker-messages.ts';

/** Hosts look whether a frame is due. */
const hostTickMs = 4;
const viewerTickMs = 20;
/** A viewer without a packet for so long before the end was left without media. */
const stalledMs = 2000;
const maxLatenessSamples = 100_000;
const publishesAtOnce = 20;

const hosts: Host[] = [];
const failures = new Map<string, CallError>();
const latenessMs: number[] = [];
const health = new HealthMeter();
let audience: Audience | undefined;
let endMs = 0;

process.on('message', (command: WorkerCommand) => {
  handle(command).then(reply, (error: unknown) =>
    reply({ type: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// Native sockets are still open here, and their library cannot be cleaned up; the exit takes them along.
process.on('disconnect', () => process.exit());

async function handle(command: WorkerCommand): Promise<WorkerReply> {
  switch (command.type) {
    case 'publish':
      await publish(command);
      return { type: 'published', hosts: hostRecords() };
    case 'join': {
      const media = prepareMedia(command.plan.media);
      audience = new Audience(command.plan, media, command.seed);
      audience.start(command.viewers);
      setInterval(() => audience?.tick(performance.now()), viewerTickMs);
      return { type: 'joining' };
    }
    case 'progress':
      return { type: 'progress', ...(audience?.progress() ?? { connected: 0, joining: 0, failed: 0, packets: 0 }) };
    case 'startCounting':
      health.restart();
      latenessMs.length = 0;
      audience?.startCounting();
      return { type: 'counting' };
    case 'stopCounting':
      endMs = performance.now();
      audience?.stopChurn();
      return { type: 'counted', hosts: hostRecords() };
    case 'finish':
      return await finish(new Map(command.hostPackets));
  }
}

async function publish({ plan, rooms, seed }: WorkerCommand & { type: 'publish' }): Promise<void> {
  const media: HostMedia = prepareMedia(plan.media);
  const random = seededRandom(seed);
  for (const room of rooms) hosts.push(new Host(room, media, plan, random));
  for (let from = 0; from < hosts.length; from += publishesAtOnce) {
    await Promise.all(hosts.slice(from, from + publishesAtOnce).map(publishOne));
  }
  setInterval(() => {
    const nowMs = performance.now();
    for (const host of hosts) host.tick(nowMs);
  }, hostTickMs);
}

async function publishOne(host: Host): Promise<void> {
  host.onFrame = (lateMs) => {
    if (latenessMs.length < maxLatenessSamples) latenessMs.push(lateMs);
  };
  try {
    await host.publish();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    failures.set(host.room, error);
  }
}

async function finish(hostPackets: ReadonlyMap<string, number>): Promise<WorkerReply> {
  const { p99 } = percentiles(latenessMs);
  const measured = { ...health.read(), frameLatenessP99Ms: p99 };
  const sessions = (await audience?.finish(hostPackets, endMs - stalledMs)) ?? [];
  await Promise.all(hosts.map((host) => host.leave().catch(() => {})));
  return {
    type: 'result',
    sessions,
    hosts: hostRecords(),
    delays: audience?.delays.dump() ?? [],
    messages: [...(audience?.messages ?? [])],
    health: measured,
  };
}

function hostRecords(): HostRecord[] {
  return hosts.map(({ room, counts }) => {
    const failure = failures.get(room);
    return { room, error: failure?.kind, message: failure?.message, ...counts };
  });
}

function reply(message: WorkerReply): void {
  process.send?.(message);
}
