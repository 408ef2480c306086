/**
 * The floor under every forwarding figure: the same packets, paced the same, sent to the same viewers with nothing
 * between the loop and libdatachannel; and the same through the transport contract, over either transport.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { PeerConnection, type Track } from 'node-datachannel';
import { localCandidates } from '../packages/server/src/transport/candidates.ts';
import { createCertificate } from '../packages/server/src/transport/certificate.ts';
import { createTransport, type TransportName } from '../packages/server/src/transport/create-transport.ts';
import { rtcConfig } from '../packages/server/src/transport/datachannel/datachannel.ts';
import { findFreePort, MediaPort } from '../packages/server/src/transport/datachannel/media-port.ts';
import { createPipeTrack } from '../packages/server/src/transport/datachannel/pipe-track.ts';
import { writeRemoteOffer } from '../packages/server/src/transport/datachannel/remote-offer.ts';
import { createIceCredentials } from '../packages/server/src/transport/ice-credentials.ts';
import type { Connection, LocalTransport, RemoteTransport } from '../packages/server/src/transport/transport.ts';
import { CpuMeter, type Measurement } from './measurement.ts';
import { FRAMES_PER_SECOND, PACKETS_PER_FRAME, paceFrames, SyntheticStream, WARM_UP_FRAMES } from './stream.ts';
import { ViewerProcess } from './viewer-process.ts';

const BIND_ADDRESS = '127.0.0.1';
/** Long enough for what is in socket buffers and event queues to be counted. */
const DRAIN_MS = 500;

export interface LoopOptions {
  readonly viewers: number;
  readonly seconds: number;
}

/** One way to send: makes the sending end of a connection, and sends one packet to each of those that it made. */
interface Sender {
  readonly name: string;
  /** Returns what the viewer must know, and a promise that resolves when packets can be sent to it. */
  accept(remote: RemoteTransport): { local: LocalTransport; open: Promise<void> };
  sendToAll(packet: Buffer): void;
  close(): Promise<void>;
}

export async function measureBareTracks(options: LoopOptions): Promise<Measurement> {
  return await measure(createBareSender, options);
}

export async function measureTransport(transport: TransportName, options: LoopOptions): Promise<Measurement> {
  return await measure(() => createTransportSender(transport), options);
}

async function measure(createSender: () => Promise<Sender>, { viewers, seconds }: LoopOptions): Promise<Measurement> {
  const viewerProcess = await ViewerProcess.start(viewers);
  const sender = await createSender();
  try {
    const rssBefore = process.memoryUsage.rss();
    const connectStartMs = performance.now();
    const connect = async (remote: RemoteTransport, index: number): Promise<void> => {
      const { local, open } = sender.accept(remote);
      await Promise.all([open, viewerProcess.connect(index, local)]);
    };
    await Promise.all(viewerProcess.remotes.map(connect));
    const connectAllMs = performance.now() - connectStartMs;
    const memoryPerViewerBytes = (process.memoryUsage.rss() - rssBefore) / viewers;

    const stream = new SyntheticStream({ ssrc: 0x5eed, payloadType: 96 });
    const sendFrame = (): void => {
      for (const packet of stream.nextFrame()) sender.sendToAll(packet);
    };
    await paceFrames(WARM_UP_FRAMES, sendFrame);
    await delay(DRAIN_MS);
    const receivedBefore = sum(await viewerProcess.rtpReceived());
    const frames = seconds * FRAMES_PER_SECOND;
    const packetsSent = frames * PACKETS_PER_FRAME * viewers;
    const meter = new CpuMeter();
    await paceFrames(frames, sendFrame);
    const cpu = meter.perPacket(packetsSent);
    await delay(DRAIN_MS);
    const received = sum(await viewerProcess.rtpReceived()) - receivedBefore;
    const lossRatio = 1 - received / packetsSent;
    return { name: sender.name, viewers, ...cpu, packetsSent, lossRatio, connectAllMs, memoryPerViewerBytes };
  } finally {
    viewerProcess.stop();
    await sender.close();
  }
}

/** Peer connections and tracks of libdatachannel, bare. */
async function createBareSender(): Promise<Sender> {
  const certificate = await createCertificate();
  const port = await findFreePort(BIND_ADDRESS, 0);
  const config = {
    ...rtcConfig(certificate, BIND_ADDRESS),
    enableIceUdpMux: true,
    portRangeBegin: port,
    portRangeEnd: port,
  };
  const mediaPort = new MediaPort(BIND_ADDRESS, port, config);
  const candidates = localCandidates({ bindAddress: BIND_ADDRESS, port });
  const connections: PeerConnection[] = [];
  const tracks: Track[] = [];
  return {
    name: 'bare tracks',
    accept(remote) {
      const ice = createIceCredentials();
      const connection = new PeerConnection('', config);
      connection.onStateChange(() => {});
      connections.push(connection);
      const track = createPipeTrack(connection);
      tracks.push(track);
      const open = new Promise<void>((resolve) => track.onOpen(resolve));
      connection.setRemoteDescription(writeRemoteOffer(remote), 'offer');
      connection.setLocalDescription('answer', { iceUfrag: ice.ufrag, icePwd: ice.pwd });
      return { local: { ice, fingerprint: certificate.fingerprint, candidates }, open };
    },
    sendToAll(packet) {
      for (const track of tracks) track.sendMessageBinary(packet);
    },
    async close() {
      for (const track of tracks) track.close();
      for (const connection of connections) connection.close();
      await mediaPort.close();
    },
  };
}

/** Connections of the transport contract. */
async function createTransportSender(choice: TransportName): Promise<Sender> {
  const onError = (error: unknown): void => console.error(error);
  const { transport } = await createTransport(choice, { bindAddress: BIND_ADDRESS, port: 0, onError });
  const connections: Connection[] = [];
  return {
    name: `transport, ${choice}`,
    accept(remote) {
      const open = Promise.withResolvers<void>();
      const connection = transport.createConnection({
        onPacket() {},
        onStateChange(state) {
          if (state === 'connected') open.resolve();
          else if (state !== 'connecting') open.reject(new Error(`A connection is ${state}`));
        },
      });
      connections.push(connection);
      connection.connect(remote);
      return { local: connection.local, open: open.promise };
    },
    sendToAll(packet) {
      for (const connection of connections) connection.send(packet);
    },
    close: () => transport.close(),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
