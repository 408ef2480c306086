import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import type { RemoteTransport } from '../../packages/server/src/transport/transport.ts';
import { exchangeOffer } from './whip-peer.ts';

const audio = { payloadType: 111, ssrc: 3_000 } as const;
const video = { payloadType: 96, ssrc: 3_001 } as const;
/** OBS leaves it to the encoder, whose own default this is. */
const keyIntervalFrames = 250;

/**
 * The offer that OBS writes: audio before video, one codec each, no candidates, and neither retransmission nor
 * transport-wide feedback nor keyframe requests. With `rids` one that asks for simulcast.
 */
export function obsOffer({ ice, fingerprint }: RemoteTransport, rids: readonly string[] = []): string {
  const transport = (mid: number) => [
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=sendonly',
    'a=rtcp-mux',
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    'a=setup:actpass',
  ];
  return [
    'v=0',
    'o=rtc 3767197920 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'a=group:LS 0 1',
    'a=msid-semantic:WMS *',
    'a=ice-options:ice2,trickle',
    `m=audio 9 UDP/TLS/RTP/SAVPF ${audio.payloadType}`,
    ...transport(0),
    `a=rtpmap:${audio.payloadType} opus/48000/2`,
    `a=fmtp:${audio.payloadType} minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1`,
    `a=ssrc:${audio.ssrc} cname:obs`,
    `a=ssrc:${audio.ssrc} msid:obs obs-audio`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${video.payloadType}`,
    ...transport(1),
    `a=rtpmap:${video.payloadType} H264/90000`,
    `a=fmtp:${video.payloadType} profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1`,
    ...(rids.length === 0
      ? [`a=ssrc:${video.ssrc} cname:obs`, `a=ssrc:${video.ssrc} msid:obs obs-video`]
      : [
          'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
          'a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
          ...rids.map((rid) => `a=rid:${rid} send`),
          `a=simulcast:send ${rids.join(';')}`,
        ]),
    '',
  ].join('\r\n');
}

/** Behaves as OBS does: High profile, a keyframe each 250 frames whatever is asked, a broken first sender report. */
export class ObsHost {
  readonly resource: string;
  readonly #peer: ClientPeer;
  readonly #sockets: readonly Socket[];
  readonly #encoder: ChildProcess;

  private constructor(resource: string, peer: ClientPeer, sockets: readonly Socket[], encoder: ChildProcess) {
    this.resource = resource;
    this.#peer = peer;
    this.#sockets = sockets;
    this.#encoder = encoder;
  }

  static async start(whipUrl: string): Promise<ObsHost> {
    const peer = await createClientPeer();
    const { local, resource } = await exchangeOffer(whipUrl, obsOffer(peer.remote));
    peer.connect(local);
    await peer.connected;
    for (const { ssrc } of [audio, video]) peer.send(brokenSenderReport(ssrc));
    const sockets = await Promise.all([forward(peer), forward(peer)]);
    const [audioUrl, videoUrl] = sockets.map((socket) => {
      const { port } = socket.address();
      return `rtp://127.0.0.1:${port}?rtcpport=${port}&pkt_size=1200`;
    });
    const rtp = ({ payloadType, ssrc }: typeof audio | typeof video, url = '') => [
      ...['-payload_type', String(payloadType), '-ssrc', String(ssrc), '-f', 'rtp', url],
    ];
    const keys = ['-g', String(keyIntervalFrames), '-keyint_min', String(keyIntervalFrames), '-sc_threshold', '0'];
    const encoder = spawn(
      'ffmpeg',
      [
        ...['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30'],
        ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
        ...['-map', '1:a', '-c:a', 'libopus', '-ac', '2', ...rtp(audio, audioUrl)],
        ...['-map', '0:v', '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-bf', '0', ...keys],
        ...['-pix_fmt', 'yuv420p', '-bsf:v', 'dump_extra', ...rtp(video, videoUrl)],
      ],
      { stdio: 'ignore' },
    );
    return new ObsHost(resource, peer, sockets, encoder);
  }

  /** Stops the stream as OBS does. @returns the status of its DELETE, of which OBS takes 200 alone */
  async stop(): Promise<number> {
    const ended = once(this.#encoder, 'exit');
    this.#encoder.kill('SIGKILL');
    await ended;
    const { status } = await fetch(this.resource, { method: 'DELETE' });
    for (const socket of this.#sockets) socket.close();
    this.#peer.close();
    return status;
  }
}

async function forward(peer: ClientPeer): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (packet) => peer.send(packet));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** RFC 3550, section 6.4.1, with the RTP timestamp that OBS sends before its first frame. */
function brokenSenderReport(ssrc: number): Buffer {
  const report = Buffer.alloc(28);
  report.set([0x80, 200, 0, 6]);
  report.writeUInt32BE(ssrc, 4);
  report.writeUInt32BE(Math.floor(Date.now() / 1000) + 2_208_988_800, 8);
  report.writeUInt32BE(0xffff_ffff, 16);
  return report;
}
