import type { LocalTransport } from '../transport/transport.ts';
import { firstCodec } from './codecs.ts';
import type { LocalSection } from './local-description.ts';
import { offeredSection, requireAnswerTo, writeOffer } from './offer.ts';
import { offeredAudio, offeredFormats } from './offered-formats.ts';
import type { PublisherOffer, PublishPolicy } from './policy.ts';
import { requestedCodec, videoLimits } from './publish-settings.ts';
import { receiveTrack } from './receive-track.ts';
import { remoteTransport } from './remote-transport.ts';
import { usableSections } from './sections.ts';

/** Offers to receive audio and video from a host in any codec, the room's first. */
export function createPublisherOffer(local: LocalTransport, policy: PublishPolicy): PublisherOffer {
  const sections = [audioSection(policy), videoSection(policy)];
  return {
    sdp: writeOffer(local, sections),
    accept(answer) {
      requireAnswerTo(sections, answer);
      const accepted = usableSections(answer, 'sends');
      const remote = remoteTransport(answer, accepted, 'answer');
      // The sender uses the first codec that both sides kept (RFC 3264, section 6.1).
      const tracks = accepted.map((media) => receiveTrack(media, firstCodec(media, media.kind), policy));
      return { tracks, remote };
    },
  };
}

function audioSection(policy: PublishPolicy): LocalSection {
  const formats = offeredAudio(policy.audioRedundancy).map((format) => ({
    ...format,
    codec: requestedCodec(format.codec, policy, 1),
  }));
  return offeredSection('audio', 'receive', formats);
}

function videoSection(policy: PublishPolicy): LocalSection {
  const preferred = offeredFormats.video.filter(({ codec }) => codec.name === policy.videoCodec);
  const others = offeredFormats.video.filter(({ codec }) => codec.name !== policy.videoCodec);
  const rids = policy.simulcastRids ?? [];
  const layers = Math.max(1, rids.length);
  const formats = [...preferred, ...others].map((format) => ({
    ...format,
    codec: requestedCodec(format.codec, policy, layers),
  }));
  return {
    ...offeredSection('video', 'receive', formats),
    limits: videoLimits(policy, layers, true),
    receiveRids: rids.length > 1 ? rids : [],
  };
}
