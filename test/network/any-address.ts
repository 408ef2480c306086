/**
 * Run in a network namespace without any network but loopback: connects to ports that are bound to all addresses, by several
 * of them, and prints for each `<bound to> <sent to> <remote address>`.
 */
import { createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { createNativeTransport } from '../../packages/server/src/transport/native/native.ts';

const ways = [
  { bindAddress: '0.0.0.0', address: '127.0.0.1', from: '127.0.0.1' },
  // An answer from 127.0.0.1, as the routes have it, would not be taken.
  { bindAddress: '0.0.0.0', address: '127.0.0.2', from: '127.0.0.1' },
  { bindAddress: '::', address: '127.0.0.2', from: '127.0.0.1' },
  { bindAddress: '::', address: '::1', from: '::1' },
];

for (const { bindAddress, address, from } of ways) {
  const transport = await createNativeTransport({ bindAddress, port: 0, onError: console.error });
  const connected = Promise.withResolvers<void>();
  const connection = transport.createConnection({
    onPacket() {},
    onStateChange(state) {
      if (state === 'connected') connected.resolve();
    },
  });
  const peer = await createClientPeer({ bindAddress: from });
  connection.connect(peer.remote);
  const [first] = connection.local.candidates;
  peer.connect({ ...connection.local, candidates: first === undefined ? [] : [{ ...first, address }] });
  await Promise.all([connected.promise, peer.connected]);
  console.log(`${bindAddress} ${address} ${connection.remoteAddress?.replace(/:\d+$/, '')}`);
  peer.close();
  await transport.close();
}
// Native sockets of the peers are still open.
process.exit();
