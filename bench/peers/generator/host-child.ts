/** The host of a measurement, in a process of its own, so that nothing holds its frames up. */
import { Host } from './host.ts';
import { createMediaPeer, type MediaPeer } from './media-peer.ts';
import type { HostCommand, HostReply } from './messages.ts';

let peer: MediaPeer | undefined;
let host: Host | undefined;

process.on('message', (command: HostCommand) => void handle(command));
// Native sockets are still open here; the exit takes them along.
process.on('disconnect', () => process.exit());

async function handle(command: HostCommand): Promise<void> {
  switch (command.type) {
    case 'create':
      peer = await createMediaPeer(command.port, 'offerer');
      return reply({ type: 'created', remote: peer.remote });
    case 'connect':
      if (peer === undefined) throw new Error('The host was not created');
      host = new Host(peer, command.negotiated.payloadType);
      peer.connect(command.negotiated);
      await peer.connected;
      return reply({ type: 'connected' });
    case 'send':
      host?.start();
      return reply({ type: 'sending' });
    case 'number':
      return reply({ type: 'number', next: host?.next ?? 0 });
    case 'reach':
      await host?.reach(command.number);
      return reply({ type: 'reached', number: command.number });
  }
}

function reply(message: HostReply): void {
  process.send?.(message);
}
