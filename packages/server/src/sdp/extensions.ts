import type { CodecName, ExtensionIds, MediaKind } from '../rtp/parameters.ts';
import type { Direction, RemoteMedia } from './description.ts';

type ExtensionName = keyof ExtensionIds;

/**
 * Defined, in this order, by RFC 9143, RFC 8852 (two), draft-holmer-rmcat-transport-wide-cc, webrtc.org, RFC 6464,
 * 3GPP TS 26.114 and "RTP Payload Format For AV1", appendix A.
 */
export const extensionUris: Readonly<Record<ExtensionName, string>> = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  videoOrientation: 'urn:3gpp:video-orientation',
  dependencyDescriptor: 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
};

/** The ids of our own offers: Chromium's, so that captures read alike. One id means one URI in all of a bundle. */
const offeredIds: ExtensionIds = {
  audioLevel: 1,
  absSendTime: 2,
  transportCc: 3,
  mid: 4,
  rid: 10,
  repairedRid: 11,
  dependencyDescriptor: 12,
  videoOrientation: 13,
};

/**
 * By the kind of media and by our part in it. Viewers get one layer, so rids mean nothing to them.
 */
const used: Readonly<Record<MediaKind, Record<'receive' | 'send', readonly ExtensionName[]>>> = {
  audio: {
    receive: ['mid', 'transportCc', 'absSendTime', 'audioLevel'],
    send: ['mid', 'transportCc', 'absSendTime', 'audioLevel'],
  },
  video: {
    receive: ['mid', 'rid', 'repairedRid', 'transportCc', 'absSendTime', 'videoOrientation', 'dependencyDescriptor'],
    send: ['mid', 'transportCc', 'absSendTime', 'videoOrientation', 'dependencyDescriptor'],
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
  dependencyDescriptor: 0,
};

/**
 * What the peer named and we use, under the peer's ids. Firefox restricts some to `/sendonly` or `/recvonly`.
 * @param codec what is received, where that is one codec
 */
export function negotiateExtensions(
  media: RemoteMedia,
  kind: MediaKind,
  role: 'receive' | 'send',
  codec?: CodecName,
): NegotiatedExtensions {
  const ids: Record<ExtensionName, number> = { ...none };
  const lines: LocalExtension[] = [];
  const [theirs, ours] = role === 'receive' ? (['sendonly', 'recvonly'] as const) : (['recvonly', 'sendonly'] as const);
  const allowed: readonly Direction[] = ['sendrecv', theirs];
  for (const name of used[kind][role]) {
    const extension = media.extensions.find(
      ({ uri, direction }) => uri === extensionUris[name] && allowed.includes(direction),
    );
    if (extension === undefined || (name === 'dependencyDescriptor' && !takesDescriptor(media, role, codec))) continue;
    const { id, uri, direction } = extension;
    ids[name] = id;
    lines.push(direction === 'sendrecv' ? { id, uri } : { id, uri, direction: ours });
  }
  return { ids, lines };
}

/**
 * A keyframe's descriptor is longer than a one-byte header can tell, so viewers must take both forms side by side (RFC
 * 8285, section 6). They may get AV1 later, so it is theirs whatever is sent now.
 *
 * VP8 and VP9 tell of their layers in each packet's payload, which needs no memory of earlier packets to be read; there
 * the extension would only cost the host's line. Of H264 the server takes no layers.
 */
function takesDescriptor(media: RemoteMedia, role: 'receive' | 'send', codec: CodecName | undefined): boolean {
  return role === 'send' ? media.extmapAllowMixed : codec === 'AV1';
}

export function offeredExtensions(kind: MediaKind, role: 'receive' | 'send'): LocalExtension[] {
  return used[kind][role].map((name) => ({ id: offeredIds[name], uri: extensionUris[name] }));
}
