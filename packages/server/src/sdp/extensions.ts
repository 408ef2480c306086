import type { ExtensionIds, MediaKind } from '../rtp/parameters.ts';
import type { Direction, RemoteMedia } from './description.ts';

type ExtensionName = keyof ExtensionIds;

/**
 * Defined, in this order, by RFC 9143, RFC 8852 (two), draft-holmer-rmcat-transport-wide-cc, webrtc.org, RFC 6464 and
 * 3GPP TS 26.114.
 */
export const extensionUris: Readonly<Record<ExtensionName, string>> = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  videoOrientation: 'urn:3gpp:video-orientation',
};

/** The ids of our own offers: Chromium's, so that captures read alike. One id means one URI in all of a bundle. */
const offeredIds: ExtensionIds = {
  audioLevel: 1,
  absSendTime: 2,
  transportCc: 3,
  mid: 4,
  rid: 10,
  repairedRid: 11,
  videoOrientation: 13,
};

/** By the kind of media and by our part in it; viewers get one layer, so rids mean nothing to them. */
const used: Readonly<Record<MediaKind, Record<'receive' | 'send', readonly ExtensionName[]>>> = {
  audio: {
    receive: ['mid', 'transportCc', 'absSendTime', 'audioLevel'],
    send: ['mid', 'transportCc', 'absSendTime', 'audioLevel'],
  },
  video: {
    receive: ['mid', 'rid', 'repairedRid', 'transportCc', 'absSendTime', 'videoOrientation'],
    send: ['mid', 'transportCc', 'absSendTime', 'videoOrientation'],
  },
};

/** An `a=extmap` line of ours. */
export interface LocalExtension {
  readonly id: number;
  readonly uri: string;
  /** Only where the peer restricted it; from our point of view. */
  readonly direction?: 'sendonly' | 'recvonly';
}

export interface NegotiatedExtensions {
  readonly ids: ExtensionIds;
  readonly lines: readonly LocalExtension[];
}

const none: ExtensionIds = {
  mid: 0,
  rid: 0,
  repairedRid: 0,
  transportCc: 0,
  absSendTime: 0,
  audioLevel: 0,
  videoOrientation: 0,
};

/** What the peer named and we use, under the peer's ids. Firefox restricts some to `/sendonly` or `/recvonly`. */
export function negotiateExtensions(
  media: RemoteMedia,
  kind: MediaKind,
  role: 'receive' | 'send',
): NegotiatedExtensions {
  const ids: Record<ExtensionName, number> = { ...none };
  const lines: LocalExtension[] = [];
  const [theirs, ours] = role === 'receive' ? (['sendonly', 'recvonly'] as const) : (['recvonly', 'sendonly'] as const);
  const allowed: readonly Direction[] = ['sendrecv', theirs];
  for (const name of used[kind][role]) {
    const extension = media.extensions.find(
      ({ uri, direction }) => uri === extensionUris[name] && allowed.includes(direction),
    );
    if (extension === undefined) continue;
    const { id, uri, direction } = extension;
    ids[name] = id;
    lines.push(direction === 'sendrecv' ? { id, uri } : { id, uri, direction: ours });
  }
  return { ids, lines };
}

export function offeredExtensions(kind: MediaKind, role: 'receive' | 'send'): LocalExtension[] {
  return used[kind][role].map((name) => ({ id: offeredIds[name], uri: extensionUris[name] }));
}
