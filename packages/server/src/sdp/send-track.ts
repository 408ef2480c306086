import type { Codec, SendCodec, SendTrackParameters } from '../rtp/parameters.ts';
import { describeCodec, findDecoder, firstCodec, type OfferedCodec, supportedCodecs } from './codecs.ts';
import { SdpError } from './errors.ts';
import { negotiateExtensions } from './extensions.ts';
import { commonFeedback, feedbackFlags } from './feedback.ts';
import type { ViewPolicy } from './policy.ts';
import type { UsableMedia } from './sections.ts';

/**
 * A viewer's codecs that this server carries: first the one for what the host sends now, then the others as the viewer
 * ordered them.
 * @throws SdpError codec_not_supported where the viewer cannot decode the host, or nothing we carry
 */
export function viewerCodecs(media: UsableMedia, sent: Codec | undefined): [OfferedCodec, ...OfferedCodec[]] {
  const offered = supportedCodecs(media, media.kind);
  const first = sent === undefined ? firstCodec(media, media.kind) : decoderOf(offered, sent);
  return [first, ...offered.filter(({ format }) => format !== first.format)];
}

function decoderOf(offered: readonly OfferedCodec[], sent: Codec): OfferedCodec {
  const decoder = findDecoder(offered, sent);
  if (decoder !== undefined) return decoder;
  const theirs = offered.map(({ codec }) => describeCodec(codec)).join(', ') || 'nothing that this server carries';
  throw new SdpError('codec_not_supported', `the host sends ${describeCodec(sent)}; the viewer takes ${theirs}`);
}

/**
 * What a section of the viewer's offer or answer settles.
 * @param slot place among the sections of its kind
 */
export function sendTrack(
  media: UsableMedia,
  codecs: readonly [OfferedCodec, ...OfferedCodec[]],
  policy: ViewPolicy,
  slot: number,
): SendTrackParameters {
  return {
    kind: media.kind,
    mid: media.mid,
    ...streamIds(media, codecs, policy, slot),
    codecs: codecs.map((codec) => sendCodec(codec, policy)),
    feedback: feedbackFlags(commonFeedback(media.kind, codecs[0].format.feedback)),
    extensions: negotiateExtensions(media, media.kind, 'send').ids,
  };
}

function streamIds({ kind }: UsableMedia, codecs: readonly OfferedCodec[], policy: ViewPolicy, slot: number) {
  const hasRtx = kind === 'video' && codecs.some(({ format }) => format.rtxPayloadType !== undefined);
  const ssrcs = policy.ssrcs[slot];
  if (ssrcs === undefined) throw new RangeError(`the policy has no slot ${slot}`);
  return { ssrc: ssrcs[kind], rtxSsrc: hasRtx ? ssrcs.videoRtx : 0, cname: policy.cname };
}

function sendCodec({ codec, format }: OfferedCodec, { audioRedundancy }: ViewPolicy): SendCodec {
  const { payloadType, rtxPayloadType, redPayloadType } = format;
  return {
    codec,
    payloadType,
    ...(rtxPayloadType !== undefined && { rtxPayloadType }),
    ...(audioRedundancy && redPayloadType !== undefined && { redPayloadType }),
  };
}
