import type { EncodingTarget, MediaKind, ReceiveTrackParameters } from '../rtp/parameters.ts';
import type { OfferedCodec } from './codecs.ts';
import { receivedEncodings } from './encodings.ts';
import { negotiateExtensions } from './extensions.ts';
import { commonFeedback, feedbackFlags } from './feedback.ts';
import type { PublishPolicy } from './policy.ts';
import type { UsableMedia } from './sections.ts';

/** What a section of the host's offer or answer settles, once its codec is chosen. */
export function receiveTrack(
  media: UsableMedia,
  { codec, format }: OfferedCodec,
  policy: PublishPolicy,
): ReceiveTrackParameters {
  const { payloadType, rtxPayloadType, redPayloadType } = format;
  return {
    kind: media.kind,
    mid: media.mid,
    codec,
    payloadType,
    ...(rtxPayloadType !== undefined && { rtxPayloadType }),
    ...(policy.audioRedundancy && redPayloadType !== undefined && { redPayloadType }),
    feedback: feedbackFlags(commonFeedback(media.kind, format.feedback)),
    extensions: negotiateExtensions(media, media.kind, 'receive', codec.name).ids,
    encodings: receivedEncodings(media),
    target: target(media.kind, policy),
  };
}

function target(kind: MediaKind, policy: PublishPolicy): EncodingTarget {
  if (kind === 'audio') return { bitrateBps: policy.audioBitrateBps };
  return { bitrateBps: policy.videoBitrateBps, framerate: policy.maxFramerate };
}
