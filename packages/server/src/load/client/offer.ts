import { extensionUris } from '../../rtp/extensions.ts';
import type { RemoteTransport } from '../../transport/transport.ts';
import { extensionIds, payloadTypes } from '../media/video-stream.ts';

export interface HostOfferOptions {
  readonly codec: 'VP8' | 'H264';
  /** H264. */
  readonly profileLevelId?: string | undefined;
  /** Simulcast (RFC 8853), smallest first; empty for one layer. */
  readonly rids: readonly string[];
  readonly videoSsrc: number;
  /** Undefined for no sound. */
  readonly audioSsrc: number | undefined;
}

export interface ViewerOfferOptions {
  /** Asks for transport-wide sequence numbers, and so for congestion control as browsers have it. */
  readonly transportCc: boolean;
  readonly codec: 'VP8' | 'H264';
  readonly profileLevelId?: string | undefined;
}

const audioMid = '0';
const videoMid = '1';
/** Constrained baseline 3.1, which every browser has. */
const defaultProfileLevelId = '42e01f';

/** What a host offers; the fixed payload types and extension ids are those that it sends with. */
export function writeHostOffer(transport: RemoteTransport, options: HostOfferOptions): string {
  const { rids, videoSsrc, audioSsrc } = options;
  const audio = audioSsrc === undefined ? [] : [...audioLines(transport, 'sendonly'), ...ssrcLines(audioSsrc, 'audio')];
  return write([
    ...sessionLines(audioSsrc === undefined ? [videoMid] : [audioMid, videoMid]),
    ...audio,
    ...videoLines(transport, 'sendonly', [String(payloadTypes.video)], options),
    ...(rids.length === 0 ? ssrcLines(videoSsrc, 'video') : simulcastLines(rids)),
  ]);
}

/** What a viewer offers: sound and video, with retransmission. */
export function writeViewerOffer(transport: RemoteTransport, options: ViewerOfferOptions): string {
  const { video, rtx } = payloadTypes;
  return write([
    ...sessionLines([audioMid, videoMid]),
    ...audioLines(transport, 'recvonly'),
    ...videoLines(transport, 'recvonly', [String(video), String(rtx)], options),
    `a=rtpmap:${rtx} rtx/90000`,
    `a=fmtp:${rtx} apt=${video}`,
    ...(options.transportCc
      ? [`a=rtcp-fb:${video} transport-cc`, `a=extmap:${extensionIds.transportCc} ${extensionUris.transportCc}`]
      : []),
  ]);
}

function write(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}

export function sessionLines(mids: readonly string[]): string[] {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'a=msid-semantic: WMS *',
  ];
}

export function transportLines(mid: string, { ice, fingerprint, dtlsRole }: RemoteTransport): string[] {
  return [
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    'a=ice-options:trickle',
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    `a=setup:${dtlsRole === 'client' ? 'active' : 'passive'}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
  ];
}

function audioLines(transport: RemoteTransport, direction: string): string[] {
  const { audio } = payloadTypes;
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${audio}`,
    ...transportLines(audioMid, transport),
    `a=${direction}`,
    `a=rtpmap:${audio} opus/48000/2`,
    `a=fmtp:${audio} minptime=10;useinbandfec=1`,
  ];
}

function videoLines(
  transport: RemoteTransport,
  direction: string,
  formats: readonly string[],
  { codec, profileLevelId = defaultProfileLevelId }: Pick<HostOfferOptions, 'codec' | 'profileLevelId'>,
): string[] {
  const { video } = payloadTypes;
  const h264 = `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profileLevelId}`;
  return [
    `m=video 9 UDP/TLS/RTP/SAVPF ${formats.join(' ')}`,
    ...transportLines(videoMid, transport),
    `a=${direction}`,
    `a=rtpmap:${video} ${codec}/90000`,
    ...(codec === 'H264' ? [`a=fmtp:${video} ${h264}`] : []),
    `a=rtcp-fb:${video} nack`,
    `a=rtcp-fb:${video} nack pli`,
    `a=rtcp-fb:${video} ccm fir`,
  ];
}

function ssrcLines(ssrc: number, track: string): string[] {
  return [`a=msid:load ${track}`, `a=ssrc:${ssrc} cname:load`, `a=ssrc:${ssrc} msid:load ${track}`];
}

function simulcastLines(rids: readonly string[]): string[] {
  return [
    'a=msid:load video',
    `a=extmap:${extensionIds.mid} ${extensionUris.mid}`,
    `a=extmap:${extensionIds.rid} ${extensionUris.rid}`,
    ...rids.map((rid) => `a=rid:${rid} send`),
    `a=simulcast:send ${rids.join(';')}`,
  ];
}

/** The element of a rid extension in a block of its own (RFC 8285, section 4.2). */
export function ridExtension(rid: string): Buffer {
  const element = [(extensionIds.rid << 4) | (rid.length - 1), ...Buffer.from(rid)];
  while (element.length % 4 !== 0) element.push(0);
  return Buffer.from([0xbe, 0xde, 0, element.length / 4, ...element]);
}
