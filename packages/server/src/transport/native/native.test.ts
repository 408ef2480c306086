import { describeTransportContract } from '../contract.ts';
import { createClientPeer } from '../datachannel/client-peer.ts';
import { createNativeTransport } from './native.ts';

describeTransportContract('native', {
  makeTransport: (options) => createNativeTransport({ bindAddress: '127.0.0.1', ...options }),
  makePeer: createClientPeer,
});
