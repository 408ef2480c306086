import type { ReceiveTrackParameters } from '../rtp/parameters.ts';
import type { OfferedCodec } from './codecs.ts';
import { receivedEncodings } from './encodings.ts';
import { negotiateExtensions } from './extensions.ts';
import { commonFeedback, feedbackFlags } from './feedback.ts';
import type { UsableMedia } from './sections.ts';

/** What a section of the host's offer or answer settles, once its codec is chosen. */
export function receiveTrack(media: UsableMedia, { codec, format }: OfferedCodec): ReceiveTrackParameters {
  const { payloadType, rtxPayloadType } = format;
  return {
    kind: media.kind,
    mid: media.mid,
    codec,
    payloadType,
    ...(rtxPayloadType !== undefined && { rtxPayloadType }),
    feedback: feedbackFlags(commonFeedback(media.kind, format.feedback)),
    extensions: negotiateExtensions(media, media.kind, 'receive').ids,
    encodings: receivedEncodings(media),
  };
}
