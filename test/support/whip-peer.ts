import type { ClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import type { LocalCandidate, LocalTransport, RemoteTransport } from '../../packages/server/src/transport/transport.ts';

/** The payload types and SSRCs that `publishOffer` names. */
export const syntheticVideo = { payloadType: 96, rtxPayloadType: 97, ssrc: 1000, rtxSsrc: 1001 } as const;
export const syntheticAudio = { payloadType: 111, ssrc: 2000 } as const;

function sessionLines(mids: readonly string[]): string[] {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'a=msid-semantic: WMS *',
  ];
}

function transportLines(mid: string, remote: RemoteTransport): string[] {
  return [
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${remote.ice.ufrag}`,
    `a=ice-pwd:${remote.ice.pwd}`,
    `a=fingerprint:${remote.fingerprint.algorithm} ${remote.fingerprint.value}`,
    `a=setup:${remote.dtlsRole === 'client' ? 'active' : 'passive'}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
  ];
}

function videoLines(remote: RemoteTransport, direction: string): string[] {
  const { payloadType, rtxPayloadType } = syntheticVideo;
  return [
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType} ${rtxPayloadType}`,
    ...transportLines('1', remote),
    `a=${direction}`,
    `a=rtpmap:${payloadType} VP8/90000`,
    `a=rtcp-fb:${payloadType} nack`,
    `a=rtcp-fb:${payloadType} nack pli`,
    `a=rtpmap:${rtxPayloadType} rtx/90000`,
    `a=fmtp:${rtxPayloadType} apt=${payloadType}`,
  ];
}

function audioLines(remote: RemoteTransport, direction: string): string[] {
  const { payloadType } = syntheticAudio;
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    ...transportLines('0', remote),
    `a=${direction}`,
    `a=rtpmap:${payloadType} opus/48000/2`,
  ];
}

/** What a host of synthetic VP8 and Opus offers. */
export function publishOffer(remote: RemoteTransport): string {
  return [
    ...sessionLines(['0', '1']),
    ...audioLines(remote, 'sendonly'),
    `a=ssrc:${syntheticAudio.ssrc} cname:host`,
    ...videoLines(remote, 'sendonly'),
    `a=ssrc-group:FID ${syntheticVideo.ssrc} ${syntheticVideo.rtxSsrc}`,
    `a=ssrc:${syntheticVideo.ssrc} cname:host`,
    `a=ssrc:${syntheticVideo.rtxSsrc} cname:host`,
    '',
  ].join('\r\n');
}

/** What a viewer that can do VP8 and Opus offers. */
export function watchOffer(remote: RemoteTransport): string {
  return [...sessionLines(['0', '1']), ...audioLines(remote, 'recvonly'), ...videoLines(remote, 'recvonly'), ''].join(
    '\r\n',
  );
}

/** Reads from an answer what a peer needs to connect. */
export function localTransportOf(sdp: string): LocalTransport {
  const fingerprint = field(sdp, /^a=fingerprint:(\S+) (\S+)/m);
  return {
    ice: { ufrag: field(sdp, /^a=ice-ufrag:(\S+)/m)[0], pwd: field(sdp, /^a=ice-pwd:(\S+)/m)[0] },
    fingerprint: { algorithm: fingerprint[0], value: fingerprint[1] },
    candidates: Array.from(sdp.matchAll(/^a=candidate:(\S+) 1 udp (\d+) (\S+) (\d+) typ host/gim), candidateOf),
  };
}

function candidateOf(match: RegExpExecArray): LocalCandidate {
  const [, foundation = '', priority, address = '', port] = match;
  return { foundation, priority: Number(priority), address, port: Number(port), protocol: 'udp', type: 'host' };
}

function field(sdp: string, pattern: RegExp): [string, string] {
  const match = pattern.exec(sdp);
  if (match === null) throw new Error(`The answer has no line like ${pattern.source}:\n${sdp}`);
  return [match[1] ?? '', match[2] ?? ''];
}

/** The one video format of an offer. */
export interface VideoFormat {
  readonly payloadType: number;
  readonly rtpmap: string;
  readonly fmtp?: string;
}

/** An offer of one video track in one format, as a host without extensions, RTX or feedback but PLI sends it. */
export function videoOffer(remote: RemoteTransport, direction: 'sendonly' | 'recvonly', format: VideoFormat): string {
  const { payloadType, rtpmap, fmtp } = format;
  return [
    ...sessionLines(['0']),
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    ...transportLines('0', remote),
    `a=${direction}`,
    `a=rtpmap:${payloadType} ${rtpmap}`,
    ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
    `a=rtcp-fb:${payloadType} nack pli`,
    '',
  ].join('\r\n');
}

export interface Exchanged {
  /** The session's URL. */
  readonly resource: string;
  readonly local: LocalTransport;
}

/** POSTs an offer to a WHIP or WHEP URL. */
export async function exchangeOffer(url: string, offer: string): Promise<Exchanged> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: offer });
  const body = await response.text();
  if (response.status !== 201) throw new Error(`POST ${url} was answered ${response.status}: ${body}`);
  const resource = new URL(response.headers.get('location') ?? '', url).href;
  return { resource, local: localTransportOf(body) };
}

/** The same for a peer of this process, which connects; returns the session's URL. */
export async function negotiate(peer: ClientPeer, url: string, offer: string): Promise<string> {
  const { resource, local } = await exchangeOffer(url, offer);
  peer.connect(local);
  return resource;
}

export const simulcastPayloadType = 96;
export const ridExtensionId = 10;

/** What a host offers that sends VP8 in several resolutions (RFC 8853), smallest first. */
export function simulcastOffer(remote: RemoteTransport, rids: readonly string[]): string {
  return [
    ...sessionLines(['0']),
    `m=video 9 UDP/TLS/RTP/SAVPF ${simulcastPayloadType}`,
    ...transportLines('0', remote),
    'a=sendonly',
    `a=rtpmap:${simulcastPayloadType} VP8/90000`,
    `a=rtcp-fb:${simulcastPayloadType} nack pli`,
    `a=extmap:${ridExtensionId} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id`,
    ...rids.map((rid) => `a=rid:${rid} send`),
    `a=simulcast:send ${rids.join(';')}`,
    '',
  ].join('\r\n');
}
