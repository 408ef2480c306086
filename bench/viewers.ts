/** The viewers of a bench: a process of its own, so that the server's accounting holds nothing of theirs. */
import { isRtcp } from '../packages/server/src/rtp/packet.ts';
import { writeReceiverReport } from '../packages/server/src/rtp/rtcp/report.ts';
import { type ClientPeer, createClientPeer } from '../packages/server/src/transport/datachannel/client-peer.ts';
import type { ViewerCommand, ViewerReply } from './viewer-messages.ts';

const reportIntervalMs = 1000;

const peers: ClientPeer[] = [];
/** RTP packets by viewer; RTCP does not count. */
const rtpReceived: number[] = [];

process.on('message', (command: ViewerCommand) => void handle(command));
// Native sockets are still open here; the exit takes them along.
process.on('disconnect', () => process.exit());

async function handle(command: ViewerCommand): Promise<void> {
  switch (command.type) {
    case 'create':
      peers.push(...(await Promise.all(Array.from({ length: command.count }, () => createClientPeer()))));
      for (const [index, peer] of peers.entries()) listen(index, peer);
      return reply({ type: 'created', remotes: peers.map(({ remote }) => remote) });
    case 'connect':
      return await connect(command);
    case 'count':
      return reply({ type: 'counted', rtpReceived });
  }
}

/** Counts what a viewer gets, and lets it report each second as every client does. */
function listen(index: number, peer: ClientPeer): void {
  const report = Buffer.alloc(32);
  const block = {
    fractionLost: 0,
    cumulativeLost: 0,
    highestSequenceNumber: 0,
    jitter: 0,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  };
  let ssrc = -1;
  rtpReceived[index] = 0;
  peer.onPacket = (packet) => {
    if (isRtcp(packet)) return;
    rtpReceived[index] = (rtpReceived[index] ?? 0) + 1;
    if (ssrc < 0) ssrc = packet.readUInt32BE(8);
  };
  setInterval(() => {
    if (peer.state !== 'connected') return;
    const blocks = ssrc < 0 ? [] : [{ ...block, ssrc }];
    peer.send(report.subarray(0, writeReceiverReport(report, 0, { ssrc: 1, blocks })));
  }, reportIntervalMs);
}

async function connect({ index, local }: ViewerCommand & { type: 'connect' }): Promise<void> {
  const peer = peers[index];
  if (peer === undefined) return reply({ type: 'failed', index, reason: 'no such viewer' });
  peer.connect(local);
  try {
    await peer.connected;
    reply({ type: 'connected', index });
  } catch (error) {
    reply({ type: 'failed', index, reason: String(error) });
  }
}

function reply(message: ViewerReply): void {
  process.send?.(message);
}
