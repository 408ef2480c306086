/** The server of a bench, whole and in a process of its own, so that its accounting holds nothing else. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { configSchema } from '../packages/server/src/config/schema.ts';
import { startServer } from '../packages/server/src/server.ts';
import type { ServerCommand, ServerReply } from './server-messages.ts';

const noLimit = 1_000_000;
const config = configSchema.parse({
  server: {
    host: '127.0.0.1',
    port: 0,
    http_alias_port: false,
    signaling_alias_port: false,
    max_connections: noLimit,
  },
  rooms: { max_viewers_per_room: noLimit },
  media: { port: 0, transport: process.argv[2] },
  history: { mode: 'memory' },
  log: { level: 'error' },
});
const server = await startServer(config);

/** A timer of so many ms, whose lateness is counted: its own work counts for nothing. */
const resolutionMs = 5;
const delays = monitorEventLoopDelay({ resolution: resolutionMs });
let utilizationBefore = performance.eventLoopUtilization();

process.on('message', ({ type }: ServerCommand) => {
  if (type === 'usage') reply({ type, cpu: process.cpuUsage(), rssBytes: process.memoryUsage.rss() });
  if (type === 'watch-loop') watchLoop();
  if (type === 'loop') reportLoop();
});

function watchLoop(): void {
  delays.reset();
  delays.enable();
  utilizationBefore = performance.eventLoopUtilization();
  reply({ type: 'watching-loop' });
}

function reportLoop(): void {
  delays.disable();
  const { utilization } = performance.eventLoopUtilization(utilizationBefore);
  reply({ type: 'loop', delayP50Ms: lateMs(50), delayP99Ms: lateMs(99), utilization });
}

function lateMs(percentile: number): number {
  return Math.max(0, delays.percentile(percentile) / 1e6 - resolutionMs);
}

// Native sockets are still open here; the exit takes them along.
process.on('disconnect', () => process.exit());
reply({ type: 'started', url: `http://127.0.0.1:${server.ports.http}` });

function reply(message: ServerReply): void {
  process.send?.(message);
}
