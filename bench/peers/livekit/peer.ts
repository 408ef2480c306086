import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionDescription, SignalTarget, TrackSource, TrackType } from '@livekit/protocol';
import { SignJWT } from 'jose';
import { parse } from 'sdp-transform';
import { findFreePort } from '../../../packages/server/src/transport/datachannel/media-port.ts';
import type { LocalCandidate } from '../../../packages/server/src/transport/transport.ts';
import { freeTcpPort } from '../free-port.ts';
import type { ClientTransport, Negotiated } from '../generator/messages.ts';
import { installModule } from '../go-build.ts';
import { address } from '../network.ts';
import type { Peer, RunningPeer, SdpClient } from '../peer.ts';
import { hasVideo, readCandidate, readNegotiated } from '../sdp/read.ts';
import { publishOffer, publishTrackId } from '../sdp/write.ts';
import { answersHttp, ServerProgram } from '../server-program.ts';
import { LiveKitSignal } from './signal.ts';

const version = 'v1.11.0';
const room = 'bench';
const apiKey = 'bench';
/** Of the client libraries of that version. */
const protocolVersion = 16;
const videoSize = { width: 1280, height: 720 };
let program = '';

/** LiveKit's server, alone (without Redis), its participants by its own signaling. */
export const liveKit: Peer = {
  name: 'LiveKit',
  setting: 'one node; WebSocket signaling; two UDP ports, as it advises for two cores; all else as it comes',
  viewerRole: 'answerer',
  async prepare() {
    program = await installModule('github.com/livekit/livekit-server/cmd/server', version, 'livekit');
    return version;
  },
  async start(): Promise<RunningPeer> {
    const folder = await mkdtemp(join(tmpdir(), 'bitbasel-livekit-'));
    const file = join(folder, 'livekit.yaml');
    const port = await freeTcpPort();
    const secret = randomBytes(32).toString('hex');
    await writeFile(file, await configuration(port, secret));
    const server = new ServerProgram(program, ['--config', file]);
    await server.ready(() => answersHttp(`http://${address}:${port}`));
    const signals: LiveKitSignal[] = [];
    const enter = async (canPublish: boolean): Promise<LiveKitSignal> => {
      const token = await writeToken(secret, canPublish);
      const query = `access_token=${token}&auto_subscribe=1&protocol=${protocolVersion}&sdk=js&version=2.15.0`;
      const signal = await LiveKitSignal.open(`ws://${address}:${port}/rtc?${query}`);
      signals.push(signal);
      return signal;
    };
    return {
      pid: server.pid,
      publish: async (remote) => publish(await enter(true), remote),
      watch: async (client) => watch(await enter(false), client),
      async stop() {
        for (const signal of signals) signal.close();
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

async function configuration(port: number, secret: string): Promise<string> {
  // A range of two, so that each of them has to be free; the next one mostly is.
  const udpPort = await findFreePort(address, 0);
  return JSON.stringify({
    port,
    bind_addresses: [address],
    keys: { [apiKey]: secret },
    rtc: {
      udp_port: `${udpPort}-${udpPort + 1}`,
      tcp_port: await freeTcpPort(),
      use_external_ip: false,
      node_ip: address,
    },
    logging: { level: 'warn' },
  });
}

async function writeToken(secret: string, canPublish: boolean): Promise<string> {
  const identity = canPublish ? 'host' : `viewer-${randomUUID()}`;
  return await new SignJWT({ video: { room, roomJoin: true, canPublish, canSubscribe: !canPublish } })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(apiKey)
    .setSubject(identity)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
}

async function publish(signal: LiveKitSignal, remote: ClientTransport): Promise<Negotiated> {
  const candidate = candidateOf(signal, SignalTarget.PUBLISHER);
  const published = signal.next((message) => (message.case === 'trackPublished' ? message.value : undefined));
  signal.send({
    case: 'addTrack',
    value: { cid: publishTrackId, type: TrackType.VIDEO, source: TrackSource.CAMERA, ...videoSize },
  } as Parameters<LiveKitSignal['send']>[0]);
  await published;
  const answered = signal.next((message) => (message.case === 'answer' ? message.value.sdp : undefined));
  signal.send({ case: 'offer', value: new SessionDescription({ type: 'offer', sdp: publishOffer(remote) }) });
  const negotiated = readNegotiated(await answered);
  return { ...negotiated, local: { ...negotiated.local, candidates: readCandidateLine(await candidate) } };
}

/**
 * The server offers, maybe at first its data channels alone, and gives its candidates in messages of their own; they are
 * put into its offer, where all viewers find them.
 */
async function watch(signal: LiveKitSignal, client: SdpClient): Promise<void> {
  const candidate = candidateOf(signal, SignalTarget.SUBSCRIBER);
  const described = Promise.withResolvers<void>();
  const answer = async ({ sdp, id }: SessionDescription): Promise<void> => {
    const offer = sdp.replace(/^a=mid:/m, `a=${await candidate}\r\na=mid:`);
    const answered = new SessionDescription({ type: 'answer', sdp: await client.answer(offer), id });
    signal.send({ case: 'answer', value: answered });
    if (hasVideo(sdp)) described.resolve();
  };
  signal.onMessage((message) => {
    // Whatever it offers later is answered as well; a page that has been closed meanwhile does not.
    if (message.case === 'offer') answer(message.value).catch(described.reject);
  });
  await described.promise;
}

/** Resolves to the first candidate that our peers can use, as its line says. */
function candidateOf(signal: LiveKitSignal, target: SignalTarget): Promise<string> {
  return signal.next((message) => {
    if (message.case !== 'trickle' || message.value.target !== target) return undefined;
    const { candidate } = JSON.parse(message.value.candidateInit) as { candidate: string };
    return readCandidateLine(candidate).length > 0 ? candidate : undefined;
  });
}

function readCandidateLine(line: string): LocalCandidate[] {
  const { media } = parse(`v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=${line}\r\n`);
  return media.flatMap(({ candidates = [] }) => candidates.flatMap(readCandidate));
}
