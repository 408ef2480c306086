/** The viewers of a measurement, in a process of their own, so that the server's accounting holds nothing of theirs. */
import { createMediaPeer } from './media-peer.ts';
import type { PacketRange, ViewerCommand, ViewerReply } from './messages.ts';
import { monotonicMs } from './monotonic.ts';
import { Viewer } from './viewer.ts';

const TICK_MS = 50;

const viewers: Viewer[] = [];
let range: PacketRange = { from: 0, to: 0 };

process.on('message', (command: ViewerCommand) => void handle(command));
// Native sockets are still open here; the exit takes them along.
process.on('disconnect', () => process.exit());

async function handle(command: ViewerCommand): Promise<void> {
  switch (command.type) {
    case 'create':
      return await create(command);
    case 'connect':
      return await connect(command);
    case 'close':
      viewers[command.index]?.peer.close();
      return reply({ type: 'closed', index: command.index });
    case 'expect':
      range = command.range;
      for (const viewer of viewers) viewer.expect(range);
      return reply({ type: 'expecting' });
    case 'count': {
      const received = viewers.map((viewer) => viewer.received);
      const media = viewers.reduce((sum, viewer) => sum + viewer.media, 0);
      return reply({ type: 'counted', received, media });
    }
  }
}

async function create({ ports, role }: ViewerCommand & { type: 'create' }): Promise<void> {
  const first = viewers.length;
  const peers = await Promise.all(ports.map((port) => createMediaPeer(port, role)));
  for (const peer of peers) {
    const viewer = new Viewer(peer);
    viewers.push(viewer);
    // Spread, as the timers of browsers are.
    setTimeout(() => setInterval(() => viewer.tick(monotonicMs()), TICK_MS), Math.random() * TICK_MS);
  }
  reply({ type: 'created', first, remotes: peers.map(({ remote }) => remote) });
}

async function connect({ index, negotiated }: ViewerCommand & { type: 'connect' }): Promise<void> {
  const viewer = viewers[index];
  if (viewer === undefined) return reply({ type: 'failed', index, reason: 'no such viewer' });
  viewer.onPicture = () => reply({ type: 'picture', index, atMs: monotonicMs() });
  try {
    viewer.connect(negotiated);
    await viewer.peer.connected;
    reply({ type: 'connected', index, atMs: monotonicMs() });
  } catch (error) {
    reply({ type: 'failed', index, reason: String(error) });
  }
}

function reply(message: ViewerReply): void {
  process.send?.(message);
}
