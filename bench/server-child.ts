/** The server of a bench, whole and in a process of its own, so that its accounting holds nothing else. */
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
  media: { port: 0 },
  history: { mode: 'memory' },
  log: { level: 'warn' },
});
const server = await startServer(config);

process.on('message', (command: ServerCommand) => {
  if (command.type === 'usage') reply({ type: 'usage', cpu: process.cpuUsage(), rssBytes: process.memoryUsage.rss() });
});
// Native sockets are still open here; the exit takes them along.
process.on('disconnect', () => process.exit());
reply({ type: 'started', url: `http://127.0.0.1:${server.ports.http}` });

function reply(message: ServerReply): void {
  process.send?.(message);
}
