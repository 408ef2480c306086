import type { SendTrackParameters } from '../rtp/parameters.ts';
import type { LocalTransport } from '../transport/transport.ts';
import { writeAnswer } from './answer.ts';
import type { OfferedCodec } from './codecs.ts';
import type { RemoteDescription } from './description.ts';
import { negotiateExtensions } from './extensions.ts';
import { commonFeedback } from './feedback.ts';
import type { LocalSection } from './local-description.ts';
import type { ViewerAnswer, ViewPolicy } from './policy.ts';
import { remoteTransport } from './remote-transport.ts';
import { type UsableMedia, type UsableSections, usableSections } from './sections.ts';
import { sendTrack, viewerCodecs } from './send-track.ts';

/**
 * Answers a viewer's offer with the codec the host sends now, and all others that both sides can do behind it. The
 * first audio and video sections are served, as many of each as the policy has slots; further ones are refused, not an
 * error.
 * @throws SdpError
 */
export function answerViewer(offer: RemoteDescription, local: LocalTransport, policy: ViewPolicy): ViewerAnswer {
  const sections = servedSections(usableSections(offer, 'receives'), policy.ssrcs.length);
  const remote = remoteTransport(offer, sections, 'offer');
  const answered = sections.map((media) => {
    const codecs = viewerCodecs(media, policy.codecs[media.kind]);
    const slot = slotOf(media, sections);
    const track = sendTrack(media, codecs, policy, slot);
    return { track, section: sendingSection(media, codecs, track, slot, policy) };
  });
  return {
    sdp: writeAnswer(
      offer,
      local,
      remote,
      answered.map(({ section }) => section),
    ),
    tracks: answered.map(({ track }) => track),
    remote,
  };
}

function servedSections(sections: UsableSections, slots: number): UsableSections {
  const [first, ...others] = sections;
  return [first, ...others.filter((media) => slotOf(media, sections) < slots)];
}

/** Place among the sections of its kind. */
function slotOf(media: UsableMedia, sections: UsableSections): number {
  return sections.filter(({ kind }) => kind === media.kind).indexOf(media);
}

function sendingSection(
  media: UsableMedia,
  codecs: readonly OfferedCodec[],
  { ssrc, rtxSsrc, cname }: SendTrackParameters,
  slot: number,
  { audioRedundancy }: ViewPolicy,
): LocalSection {
  return {
    kind: media.kind,
    protocol: media.protocol,
    mid: media.mid,
    direction: 'sendonly',
    formats: codecs.map(({ codec, format: { payloadType, rtxPayloadType, redPayloadType, feedback } }) => ({
      codec,
      payloadType,
      ...(rtxPayloadType !== undefined && { rtxPayloadType }),
      ...(audioRedundancy && redPayloadType !== undefined && { redPayloadType }),
      feedback: commonFeedback(media.kind, feedback),
    })),
    extensions: negotiateExtensions(media, media.kind, 'send').lines,
    rtcpReducedSize: media.rtcpReducedSize,
    receiveRids: [],
    stream: { ssrc, rtxSsrc, cname, slot },
  };
}
