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
import type { Peer, RunningPeer } from '../peer.ts';
import { watchAnswer } from '../sdp/answer.ts';
import { readCandidate, readNegotiated } from '../sdp/read.ts';
import { publishOffer, publishTrackId } from '../sdp/write.ts';
import { answersHttp, ServerProgram } from '../server-program.ts';
import { LiveKitSignal, type Response } from './signal.ts';

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
    const join_ = async (canPublish: boolean): Promise<LiveKitSignal> => {
      const token = await writeToken(secret, canPublish);
      const query = `access_token=${token}&auto_subscribe=1&protocol=${protocolVersion}&sdk=js&version=2.15.0`;
      const signal = await LiveKitSignal.open(`ws://${address}:${port}/rtc?${query}`);
      signals.push(signal);
      return signal;
    };
    return {
      pid: server.pid,
      publish: async (remote) => publish(await join_(true), remote),
      watch: async (remote) => watch(await join_(false), remote),
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
  const candidates = candidateOf(signal, SignalTarget.PUBLISHER);
  const published = signal.next((message) => (message.case === 'trackPublished' ? message.value : undefined));
  signal.send({
    case: 'addTrack',
    value: { cid: publishTrackId, type: TrackType.VIDEO, source: TrackSource.CAMERA, ...videoSize },
  } as Parameters<LiveKitSignal['send']>[0]);
  await published;
  const answered = signal.next((message) => (message.case === 'answer' ? message.value.sdp : undefined));
  signal.send({ case: 'offer', value: new SessionDescription({ type: 'offer', sdp: publishOffer(remote) }) });
  return withCandidate(readNegotiated(await answered), await candidates);
}

/** The server offers, maybe at first its data channels alone, and gives its candidates in messages of their own. */
async function watch(signal: LiveKitSignal, remote: ClientTransport): Promise<Negotiated> {
  const candidate = candidateOf(signal, SignalTarget.SUBSCRIBER);
  const answer = (message: Response): string | undefined => {
    if (message.case !== 'offer') return undefined;
    const { sdp, id } = message.value;
    signal.send({
      case: 'answer',
      value: new SessionDescription({ type: 'answer', sdp: watchAnswer(sdp, remote), id }),
    });
    return hasVideo(sdp) ? sdp : undefined;
  };
  const offer = await signal.next(answer);
  // Whatever it offers later is answered as well.
  signal.onMessage((message) => void answer(message));
  return withCandidate(readNegotiated(offer), await candidate);
}

function hasVideo(sdp: string): boolean {
  return parse(sdp).media.some(({ type, port }) => type === 'video' && port !== 0);
}

/** Resolves to the first candidate that our peers can use. */
function candidateOf(signal: LiveKitSignal, target: SignalTarget): Promise<LocalCandidate> {
  return signal.next((message) => {
    if (message.case !== 'trickle' || message.value.target !== target) return undefined;
    const { candidate } = JSON.parse(message.value.candidateInit) as { candidate: string };
    const { media } = parse(`v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=${candidate}\r\n`);
    return media.flatMap(({ candidates = [] }) => candidates.flatMap(readCandidate))[0];
  });
}

function withCandidate(negotiated: Negotiated, candidate: LocalCandidate): Negotiated {
  return { ...negotiated, local: { ...negotiated.local, candidates: [candidate] } };
}
