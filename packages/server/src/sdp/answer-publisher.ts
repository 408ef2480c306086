import type { LocalTransport } from '../transport/transport.ts';
import { writeAnswer } from './answer.ts';
import { choosePublishedCodec, type OfferedCodec } from './codecs.ts';
import type { RemoteDescription } from './description.ts';
import { SdpError } from './errors.ts';
import { negotiateExtensions } from './extensions.ts';
import { commonFeedback } from './feedback.ts';
import type { LocalSection } from './local-description.ts';
import type { PublisherAnswer, PublishPolicy } from './policy.ts';
import { requestedCodec, videoLimits } from './publish-settings.ts';
import { receiveTrack } from './receive-track.ts';
import { remoteTransport } from './remote-transport.ts';
import { type UsableMedia, usableSections } from './sections.ts';

/**
 * Answers a host's offer of one audio track, one video track, or both, with exactly one codec each.
 * @throws SdpError
 */
export function answerPublisher(
  offer: RemoteDescription,
  local: LocalTransport,
  policy: PublishPolicy,
): PublisherAnswer {
  const sections = usableSections(offer, 'sends');
  requireOneOfEach(sections);
  const remote = remoteTransport(offer, sections, 'offer');
  const chosen = sections.map((media) => ({
    media,
    codec: choosePublishedCodec(media, media.kind, policy.videoCodec),
  }));
  const withAudio = sections.some(({ kind }) => kind === 'audio');
  const answered = chosen.map(({ media, codec }) => ({
    ...receivingSection(media, codec, policy),
    ...(media.kind === 'video' && { limits: videoLimits(policy, layersOf(media), withAudio) }),
  }));
  return {
    sdp: writeAnswer(offer, local, remote, answered),
    tracks: chosen.map(({ media, codec }) => receiveTrack(media, codec, policy)),
    remote,
  };
}

/** RFC 9725, "Single MediaStream": one stream, with at most one audio and one video track. */
function requireOneOfEach(sections: readonly UsableMedia[]): void {
  for (const kind of ['audio', 'video'] as const) {
    const count = sections.filter((media) => media.kind === kind).length;
    if (count > 1) throw new SdpError('too_many_tracks', `${count} ${kind} m-lines offered; a host sends at most one`);
  }
}

function receivingSection(media: UsableMedia, { codec, format }: OfferedCodec, policy: PublishPolicy): LocalSection {
  const { payloadType, rtxPayloadType, redPayloadType } = format;
  return {
    kind: media.kind,
    protocol: media.protocol,
    mid: media.mid,
    direction: 'recvonly',
    formats: [
      {
        codec: requestedCodec(codec, policy, layersOf(media)),
        payloadType,
        ...(rtxPayloadType !== undefined && { rtxPayloadType }),
        ...(policy.audioRedundancy && redPayloadType !== undefined && { redPayloadType }),
        feedback: commonFeedback(media.kind, format.feedback),
      },
    ],
    extensions: negotiateExtensions(media, media.kind, 'receive', codec.name).lines,
    rtcpReducedSize: media.rtcpReducedSize,
    receiveRids: media.sendRids,
  };
}

/** Simulcast layers that a host offers to send; 1 without simulcast. */
function layersOf(media: UsableMedia): number {
  return Math.max(1, media.sendRids.length);
}
