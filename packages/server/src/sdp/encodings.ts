import type { EncodingParameters } from '../rtp/parameters.ts';
import type { RemoteMedia } from './description.ts';
import { SdpError } from './errors.ts';

const maxLayers = 4;

/**
 * The encodings of what a host sends: its simulcast rids (RFC 8853); or the streams of an `a=ssrc-group:SIM`
 * (Chromium's way before rids, still made by munging); or one stream, with its SSRCs where they are written. In the
 * host's order.
 * @throws SdpError simulcast_too_many_layers
 */
export function receivedEncodings(media: RemoteMedia): EncodingParameters[] {
  const encodings = describedEncodings(media);
  if (encodings.length > maxLayers) {
    const detail = `${encodings.length} simulcast layers offered, at most ${maxLayers} are taken`;
    throw new SdpError('simulcast_too_many_layers', detail);
  }
  return encodings;
}

function describedEncodings({ sendRids, ssrcs, ssrcGroups }: RemoteMedia): EncodingParameters[] {
  if (sendRids.length > 0) return sendRids.map((rid) => ({ rid }));
  const groups = (semantics: string) => ssrcGroups.filter((group) => group.semantics === semantics);
  const rtxByPrimary = new Map(groups('FID').map(({ ssrcs: [primary, rtx] }) => [primary, rtx]));
  const encoding = (ssrc: number): EncodingParameters => {
    const rtxSsrc = rtxByPrimary.get(ssrc);
    return rtxSsrc === undefined ? { ssrc } : { ssrc, rtxSsrc };
  };
  const layers = groups('SIM')[0]?.ssrcs ?? [];
  if (layers.length > 0) return layers.map(encoding);
  // Beside its retransmissions, a stream may have a FEC stream (FEC-FR), which comes second in its group too.
  const secondary = new Set(ssrcGroups.flatMap((group) => group.ssrcs.slice(1)));
  const primary = ssrcs.find((ssrc) => !secondary.has(ssrc));
  return [primary === undefined ? {} : encoding(primary)];
}
