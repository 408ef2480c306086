import { describeTransportContract } from '../contract.ts';
import { createClientPeer } from './client-peer.ts';
import { createDatachannelTransport } from './datachannel.ts';

describeTransportContract('node-datachannel', {
  makeTransport: (options) => createDatachannelTransport({ bindAddress: '127.0.0.1', ...options }),
  makePeer: createClientPeer,
});
