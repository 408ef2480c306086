import type { MediaKind } from '../rtp/parameters.ts';
import type { LocalTransport } from '../transport/transport.ts';
import type { RemoteDescription } from './description.ts';
import { SdpError } from './errors.ts';
import { offeredExtensions } from './extensions.ts';
import type { LocalFormat, LocalSection } from './local-description.ts';
import { writeDescription } from './write.ts';

/** The sections of our offers, in the order of their m-lines; more than one of each follow in the same order. */
export const offeredKinds: readonly MediaKind[] = ['audio', 'video'];

/**
 * What the sections of all our offers have in common. The mid is the index of the m-line.
 * @param slot place among the sections of its kind
 */
export function offeredSection(
  kind: MediaKind,
  role: 'receive' | 'send',
  formats: readonly LocalFormat[],
  slot = 0,
): LocalSection {
  return {
    kind,
    // As browsers write it (RFC 8829, section 5.1.2).
    protocol: 'UDP/TLS/RTP/SAVPF',
    mid: String(slot * offeredKinds.length + offeredKinds.indexOf(kind)),
    direction: role === 'receive' ? 'recvonly' : 'sendonly',
    formats,
    extensions: offeredExtensions(kind, role),
    rtcpReducedSize: true,
    receiveRids: [],
  };
}

export function writeOffer(local: LocalTransport, sections: readonly LocalSection[]): string {
  return writeDescription({
    local,
    setup: 'actpass',
    extmapAllowMixed: true,
    bundle: sections.map(({ mid }) => mid),
    sections,
  });
}

/**
 * An answer has the offer's m-lines in the offer's order (RFC 3264, section 6), and the offer's payload types.
 * @throws SdpError answer_mismatch
 */
export function requireAnswerTo(offered: readonly LocalSection[], answer: RemoteDescription): void {
  const same =
    offered.length === answer.media.length && offered.every((section, index) => fits(section, answer, index));
  if (same) return;
  const lines = offered.map(({ kind, mid }) => `${kind} (mid ${mid})`).join(', ');
  const detail = `the answer does not fit the offer, with its m-lines ${lines} and its payload types`;
  throw new SdpError('answer_mismatch', detail);
}

function fits({ kind, mid, formats }: LocalSection, answer: RemoteDescription, index: number): boolean {
  const media = answer.media[index];
  if (media?.kind !== kind || media.mid !== mid) return false;
  const names = new Map(formats.map(({ payloadType, codec }) => [payloadType, codec.name.toLowerCase()]));
  return media.codecs.every(({ payloadType, name }) => names.get(payloadType) === name.toLowerCase());
}
