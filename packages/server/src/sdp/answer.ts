import type { LocalTransport, RemoteTransport } from '../transport/transport.ts';
import type { RemoteDescription, RemoteMedia } from './description.ts';
import type { LocalSection, RefusedSection } from './local-description.ts';
import { writeDescription } from './write.ts';

/** Our answer: one section for each of the offer's, accepted or refused, and their bundle without the refused. */
export function writeAnswer(
  offer: RemoteDescription,
  local: LocalTransport,
  remote: RemoteTransport,
  accepted: readonly LocalSection[],
): string {
  const byMid = new Map(accepted.map((section) => [section.mid, section]));
  return writeDescription({
    local,
    setup: remote.dtlsRole === 'client' ? 'passive' : 'active',
    extmapAllowMixed: offer.media.some(({ extmapAllowMixed }) => extmapAllowMixed),
    bundle: offer.bundle.filter((mid) => byMid.has(mid)),
    sections: offer.media.map((media) => byMid.get(media.mid) ?? refuse(media)),
  });
}

function refuse({ kind, protocol, formats, mid }: RemoteMedia): RefusedSection {
  return { refused: { kind, protocol, formats, mid } };
}
