import type { MediaKind } from '../rtp/parameters.ts';
import type { LocalTransport } from '../transport/transport.ts';
import { describeCodec, findDecoder } from './codecs.ts';
import { SdpError } from './errors.ts';
import type { LocalFormat, LocalSection } from './local-description.ts';
import { offeredKinds, offeredSection, requireAnswerTo, writeOffer } from './offer.ts';
import { offeredAudio, offeredFormats } from './offered-formats.ts';
import type { ViewerOffer, ViewPolicy } from './policy.ts';
import { remoteTransport } from './remote-transport.ts';
import { usableSections } from './sections.ts';
import { sendTrack, viewerCodecs } from './send-track.ts';

/**
 * Offers audio and video of each slot to a viewer in any codec, the host's present one first.
 * @throws SdpError codec_not_supported where no decoder that browsers have suits the host
 */
export function createViewerOffer(local: LocalTransport, policy: ViewPolicy): ViewerOffer {
  const sections = policy.ssrcs.flatMap((_, slot) => offeredKinds.map((kind) => sendingSection(kind, policy, slot)));
  return {
    sdp: writeOffer(local, sections),
    accept(answer) {
      requireAnswerTo(sections, answer);
      const accepted = usableSections(answer, 'receives');
      const remote = remoteTransport(answer, accepted, 'answer');
      const tracks = accepted.map((media) => {
        const slot = sections.find(({ mid }) => mid === media.mid)?.stream?.slot ?? 0;
        return sendTrack(media, viewerCodecs(media, policy.codecs[media.kind]), policy, slot);
      });
      return { tracks, remote };
    },
  };
}

function sendingSection(kind: MediaKind, policy: ViewPolicy, slot: number): LocalSection {
  const { ssrcs, cname } = policy;
  const { [kind]: ssrc, videoRtx } = ssrcs[slot] ?? ssrcs[0];
  return {
    ...offeredSection(kind, 'send', hostFirst(kind, policy), slot),
    stream: { ssrc, rtxSsrc: kind === 'video' ? videoRtx : 0, cname, slot },
  };
}

function hostFirst(kind: MediaKind, policy: ViewPolicy): readonly LocalFormat[] {
  const formats = kind === 'audio' ? offeredAudio(policy.audioRedundancy) : offeredFormats.video;
  const sent = policy.codecs[kind];
  if (sent === undefined) return formats;
  const first = findDecoder(formats, sent);
  if (first === undefined) {
    const detail = `the host sends ${describeCodec(sent)}, which our offers do not have; let the viewer offer`;
    throw new SdpError('codec_not_supported', detail);
  }
  return [first, ...formats.filter((other) => other !== first)];
}
