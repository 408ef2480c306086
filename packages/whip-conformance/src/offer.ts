import { randomBytes } from 'node:crypto';

/** What an offer says of its sender's transport. */
export interface OfferedTransport {
  readonly ufrag: string;
  readonly pwd: string;
  /** With its algorithm: `sha-256 AB:CD:...`. */
  readonly fingerprint: string;
}

export interface OfferOptions {
  readonly direction?: 'sendonly' | 'recvonly' | 'sendrecv';
  readonly setup?: string;
  /** The m-lines. Default: one audio, one video. */
  readonly kinds?: readonly ('audio' | 'video')[];
  readonly bundle?: boolean;
  readonly rtcpMux?: boolean;
  /** Name of the video codec. Default VP8. */
  readonly videoCodec?: string;
  /** Simulcast layers. */
  readonly rids?: readonly string[];
}

export const payloadTypes = { audio: 111, video: 96 } as const;

/** Distinct for each m-line. */
export function ssrcOf(mid: number): number {
  return 0x1000_0000 + mid;
}

/** Of a peer that never connects: well-formed, and random. */
export function inventedTransport(): OfferedTransport {
  const hash = randomBytes(32).toString('hex').toUpperCase().match(/../g) ?? [];
  return {
    ufrag: randomBytes(4).toString('hex'),
    pwd: randomBytes(16).toString('hex'),
    fingerprint: `sha-256 ${hash.join(':')}`,
  };
}

/** An offer without candidates, as OBS and ffmpeg send it. */
export function writeOffer(transport: OfferedTransport, options: OfferOptions = {}): string {
  const { kinds = ['audio', 'video'], bundle = true } = options;
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...(bundle ? [`a=group:BUNDLE ${kinds.map((_, index) => index).join(' ')}`] : []),
    ...kinds.flatMap((kind, index) => mediaLines(kind, index, transport, options)),
    '',
  ].join('\r\n');
}

function mediaLines(
  kind: 'audio' | 'video',
  mid: number,
  transport: OfferedTransport,
  options: OfferOptions,
): string[] {
  const { direction = 'sendonly', setup = 'actpass', rtcpMux = true, videoCodec = 'VP8', rids = [] } = options;
  const payloadType = payloadTypes[kind];
  const layers = kind === 'video' ? rids : [];
  const sends = direction !== 'recvonly' && layers.length === 0;
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${transport.ufrag}`,
    `a=ice-pwd:${transport.pwd}`,
    'a=ice-options:trickle ice2',
    `a=fingerprint:${transport.fingerprint}`,
    `a=setup:${setup}`,
    ...(rtcpMux ? ['a=rtcp-mux', 'a=rtcp-rsize'] : []),
    `a=${direction}`,
    ...(direction === 'recvonly' ? [] : [`a=msid:conformance ${kind}`]),
    `a=rtpmap:${payloadType} ${kind === 'audio' ? 'opus/48000/2' : `${videoCodec}/90000`}`,
    ...(kind === 'video' ? [`a=rtcp-fb:${payloadType} nack`, `a=rtcp-fb:${payloadType} nack pli`] : []),
    ...(sends ? [`a=ssrc:${ssrcOf(mid)} cname:conformance`] : []),
    ...(layers.length > 0
      ? [
          'a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid',
          'a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
          ...layers.map((rid) => `a=rid:${rid} send`),
          `a=simulcast:send ${layers.join(';')}`,
        ]
      : []),
  ];
}
