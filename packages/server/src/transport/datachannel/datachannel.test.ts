import { describeTransportContract } from '../contract.ts';
import { createDatachannelTransport } from './datachannel.ts';
import { createTestPeer } from './test-peer.ts';

describeTransportContract('node-datachannel', {
  makeTransport: (options) => createDatachannelTransport({ bindAddress: '127.0.0.1', ...options }),
  makePeer: createTestPeer,
});
