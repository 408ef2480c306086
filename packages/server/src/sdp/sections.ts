import type { MediaKind } from '../rtp/parameters.ts';
import type { RemoteDescription, RemoteMedia } from './description.ts';
import { SdpError } from './errors.ts';

/** An audio or video section that the peer uses, in a direction that suits us. */
export interface UsableMedia extends RemoteMedia {
  readonly kind: MediaKind;
}

export type UsableSections = readonly [UsableMedia, ...UsableMedia[]];

/**
 * The audio and video sections in use, in the order of the m-lines. Rejected and inactive ones are left out.
 * @throws SdpError wrong_direction, no_media
 */
export function usableSections(description: RemoteDescription, peer: 'sends' | 'receives'): UsableSections {
  const [first, ...others] = description.media.filter(isUsable);
  const wanted = peer === 'sends' ? 'sendonly' : 'recvonly';
  if (first === undefined) throw new SdpError('no_media', 'no audio or video m-line in use; one at least is needed');
  const usable: UsableSections = [first, ...others];
  const wrong = usable.find(({ direction }) => direction !== wanted && direction !== 'sendrecv');
  if (wrong !== undefined) {
    const { kind, mid, direction } = wrong;
    const who = peer === 'sends' ? 'host' : 'viewer';
    const detail = `the ${kind} section (mid ${mid}) is ${direction}; a ${who} uses ${wanted} or sendrecv`;
    throw new SdpError('wrong_direction', detail);
  }
  return usable;
}

function isUsable(media: RemoteMedia): media is UsableMedia {
  return (media.kind === 'audio' || media.kind === 'video') && !media.rejected && media.direction !== 'inactive';
}
