import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payloadFeedbackFormat, RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { parsePli } from '../../packages/server/src/rtp/rtcp/keyframe-request.ts';
import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { exchangeOffer, type VideoFormat, videoOffer } from './whip-peer.ts';

/** Ten seconds between keyframes, as OBS and ffmpeg have it by default or nearly so. */
const keyIntervalSeconds = 10;

const encoders = {
  VP8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1700k', '-auto-alt-ref', '0'],
  H264: ['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'baseline', '-b:v', '1700k', '-bsf:v', 'dump_extra'],
} as const;

const formats: Record<keyof typeof encoders, VideoFormat> = {
  VP8: { payloadType: 96, rtpmap: 'VP8/90000' },
  H264: {
    payloadType: 96,
    rtpmap: 'H264/90000',
    fmtp: 'packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1',
  },
};

/**
 * A host that does not care: a film encoded by ffmpeg with a keyframe each ten seconds, sent in real time by ffmpeg's
 * own RTP packetizer, and taken to the server over ICE, DTLS and SRTP. It ignores all feedback, and counts it.
 */
export class FfmpegHost {
  readonly #peer: ClientPeer;
  readonly #ffmpeg: ChildProcess;
  readonly #socket: Socket;
  readonly #folder: string;
  keyframeRequests = 0;

  private constructor(peer: ClientPeer, ffmpeg: ChildProcess, socket: Socket, folder: string) {
    this.#peer = peer;
    this.#ffmpeg = ffmpeg;
    this.#socket = socket;
    this.#folder = folder;
    const cursor = new RtcpCursor();
    peer.onPacket = (packet) => {
      cursor.open(packet);
      while (cursor.next()) {
        if (cursor.packetType !== rtcpType.payloadFeedback) continue;
        const { pli, fir } = payloadFeedbackFormat;
        if ((cursor.format === pli && parsePli(cursor) >= 0) || cursor.format === fir) this.keyframeRequests += 1;
      }
    };
  }

  static async start(whipUrl: string, codec: keyof typeof encoders): Promise<FfmpegHost> {
    const folder = mkdtempSync(join(tmpdir(), 'bitbasel-ffmpeg-'));
    const film = join(folder, 'film.mkv');
    encode(film, codec);
    const peer = await createClientPeer();
    const { local } = await exchangeOffer(whipUrl, videoOffer(peer.remote, 'sendonly', formats[codec]));
    peer.connect(local);
    await peer.connected;

    const socket = createSocket('udp4');
    socket.on('message', (packet) => peer.send(packet));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const target = `rtp://127.0.0.1:${socket.address().port}?rtcpport=${socket.address().port}&pkt_size=1200`;
    const play = ['-re', '-stream_loop', '-1', '-i', film, '-c', 'copy', '-payload_type', '96', '-f', 'rtp', target];
    const ffmpeg = spawn('ffmpeg', ['-v', 'error', ...play], { stdio: 'ignore' });
    return new FfmpegHost(peer, ffmpeg, socket, folder);
  }

  get isConnected(): boolean {
    return this.#peer.state === 'connected';
  }

  async stop(): Promise<void> {
    const ended = once(this.#ffmpeg, 'exit');
    this.#ffmpeg.kill('SIGKILL');
    await ended;
    this.#socket.close();
    this.#peer.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function encode(film: string, codec: keyof typeof encoders): void {
  const frames = String(30 * keyIntervalSeconds);
  const pattern = ['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=30:duration=${2 * keyIntervalSeconds}`];
  const keys = ['-g', frames, '-keyint_min', frames, '-pix_fmt', 'yuv420p'];
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...pattern, ...encoders[codec], ...keys, film]);
  if (status !== 0) throw new Error(`ffmpeg could not encode ${codec}: ${stderr}`);
}
