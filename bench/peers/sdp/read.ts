import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform';
import { extensionUris } from '../../../packages/server/src/rtp/extensions.ts';
import type { LocalCandidate } from '../../../packages/server/src/transport/transport.ts';
import type { Negotiated } from '../generator/messages.ts';

export type Section = SessionDescription['media'][number];

/** Reads from a server's offer or answer what a generated peer needs. */
export function readNegotiated(sdp: string): Negotiated {
  const session = parse(sdp);
  const video = session.media.find(({ type, port }) => type === 'video' && port !== 0);
  if (video === undefined) throw new Error(`The server's description has no video:\n${sdp}`);
  // All of it may stand above the sections, or in that which the others are bundled with.
  const transport = session.media.find(({ iceUfrag }) => iceUfrag !== undefined);
  const ufrag = transport?.iceUfrag ?? session.iceUfrag;
  const pwd = transport?.icePwd ?? session.icePwd;
  const fingerprint = video.fingerprint ?? transport?.fingerprint ?? session.fingerprint;
  if (ufrag === undefined || pwd === undefined || fingerprint === undefined) {
    throw new Error(`The server's description lacks its transport:\n${sdp}`);
  }
  const payloadType = vp8PayloadType(video);
  const feedback = (video.rtcpFb ?? []).filter(({ payload }) => String(payload) === String(payloadType));
  return {
    local: {
      ice: { ufrag, pwd },
      fingerprint: { algorithm: fingerprint.type, value: fingerprint.hash },
      candidates: session.media.flatMap(({ candidates = [] }) => candidates.flatMap(readCandidate)),
    },
    payloadType,
    transportCcId: feedback.some(({ type }) => type === 'transport-cc') ? extensionId(video) : 0,
    remb: feedback.some(({ type }) => type === 'goog-remb'),
    dataChannels: session.media.some(({ type, port }) => type === 'application' && port !== 0),
  };
}

export function hasVideo(sdp: string): boolean {
  return parse(sdp).media.some(({ type, port }) => type === 'video' && port !== 0);
}

export function vp8PayloadType(video: MediaDescription): number {
  const format = video.rtp.find(({ codec }) => codec.toUpperCase() === 'VP8');
  if (format === undefined) throw new Error('The server does not take VP8');
  return format.payload;
}

export function extensionId({ ext = [] }: MediaDescription): number {
  return ext.find(({ uri }) => uri === extensionUris.transportCc)?.value ?? 0;
}

type Candidate = NonNullable<MediaDescription['candidates']>[number];

/** Host candidates of UDP over IPv4, of RTP's component. */
export function readCandidate(candidate: Candidate): LocalCandidate[] {
  const { foundation, component, transport, priority, ip, port, type } = candidate;
  if (component !== 1 || transport.toLowerCase() !== 'udp' || type !== 'host' || ip.includes(':')) return [];
  // The grammar of the parser makes numbers of foundations that look like them.
  const known = { foundation: String(foundation), address: ip, port };
  return [{ ...known, priority: Number(priority), protocol: 'udp', type: 'host' }];
}
