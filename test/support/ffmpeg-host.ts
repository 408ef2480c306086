import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { payloadFeedbackFormat, RtcpCursor, rtcpType } from '../../packages/server/src/rtp/rtcp/cursor.ts';
import { parsePli } from '../../packages/server/src/rtp/rtcp/keyframe-request.ts';
import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { exchangeOffer, type VideoFormat, videoOffer } from './whip-peer.ts';

/** Ten seconds between keyframes, as OBS and ffmpeg have it by default or nearly so. */
const keyIntervalSeconds = 10;

/** What an encoder makes of the pattern. */
export interface Film {
  readonly codec: keyof typeof encoders;
  readonly path: string;
}

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
  keyframeRequests = 0;

  private constructor(peer: ClientPeer, ffmpeg: ChildProcess, socket: Socket) {
    this.#peer = peer;
    this.#ffmpeg = ffmpeg;
    this.#socket = socket;
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

  static async start(whipUrl: string, { codec, path }: Film): Promise<FfmpegHost> {
    const peer = await createClientPeer();
    const { local } = await exchangeOffer(whipUrl, videoOffer(peer.remote, 'sendonly', formats[codec]));
    peer.connect(local);
    await peer.connected;

    const socket = createSocket('udp4');
    socket.on('message', (packet) => peer.send(packet));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const target = `rtp://127.0.0.1:${socket.address().port}?rtcpport=${socket.address().port}&pkt_size=1200`;
    const play = ['-re', '-stream_loop', '-1', '-i', path, '-c', 'copy', '-payload_type', '96', '-f', 'rtp', target];
    const ffmpeg = spawn('ffmpeg', ['-v', 'error', ...play], { stdio: 'ignore' });
    return new FfmpegHost(peer, ffmpeg, socket);
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
  }
}

/** A film with one keyframe, at its beginning, that is as long as the time between keyframes: it is played in a loop. */
export async function encodeFilm(codec: keyof typeof encoders, folder: string): Promise<Film> {
  const path = join(folder, `${codec}.mkv`);
  const frames = String(30 * keyIntervalSeconds);
  const pattern = ['-f', 'lavfi', '-i', `testsrc2=size=1280x720:rate=30:duration=${keyIntervalSeconds}`];
  const keys = ['-g', frames, '-keyint_min', frames, '-pix_fmt', 'yuv420p'];
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...pattern, ...encoders[codec], ...keys, path]);
  return { codec, path };
}
