import { randomBytes, randomInt } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Codec, MediaKind } from '../rtp/parameters.ts';
import { answerPublisher } from '../sdp/answer-publisher.ts';
import { answerViewer } from '../sdp/answer-viewer.ts';
import { SdpError } from '../sdp/errors.ts';
import { createPublisherOffer } from '../sdp/offer-publisher.ts';
import { createViewerOffer } from '../sdp/offer-viewer.ts';
import { parseDescription } from '../sdp/parse.ts';
import type { PublisherNegotiation, PublishPolicy, ViewerNegotiation, ViewPolicy } from '../sdp/policy.ts';
import { publishedBitrateBps } from '../sdp/publish-settings.ts';
import { parseSdpFragment } from '../sdp/sdp-fragment.ts';
import { TransportError } from '../transport/transport.ts';
import type { Room } from './room.ts';
import { hostIdOf } from './room-hosts.ts';
import type { Peer, Role, Session, SessionCaps } from './session.ts';

/** A session, and the description that its peer is to be given. */
export interface Negotiated {
  readonly session: Session;
  readonly sdp: string;
}

/**
 * Answers a peer's offer. The session connects by itself from then on.
 * @throws AppError with the codes of `sdp/`, and those of limits; nothing is left behind
 */
export function answerOffer(room: Room, role: Role, offerSdp: string, peer: Peer): Negotiated {
  return counting(room, role, () => {
    const offer = parseDescription(offerSdp);
    requireLive(room, role);
    const session = room.createSession(role, peer);
    return orClose(session, () => {
      if (role === 'host') {
        const answer = answerPublisher(offer, session.local, publishPolicy(room, session.caps));
        room.admit(session);
        openHost(room, session, answer);
        return { session, sdp: answer.sdp };
      }
      const answer = answerViewer(offer, session.local, viewPolicy(room));
      room.admit(session);
      openViewer(room, session, answer);
      return { session, sdp: answer.sdp };
    });
  });
}

/**
 * Makes an offer to a peer; `acceptAnswer` goes on with its answer.
 * @throws AppError not_live for a viewer while nobody publishes, and those of limits
 */
export function makeOffer(room: Room, role: Role, peer: Peer): Negotiated {
  return counting(room, role, () => {
    requireLive(room, role);
    return offerTo(room, room.createSession(role, peer));
  });
}

function offerTo(room: Room, session: Session): Negotiated {
  return orClose(session, () => {
    room.admit(session);
    if (session.role === 'host') {
      const offer = createPublisherOffer(session.local, publishPolicy(room, session.caps));
      session.awaitAnswer((sdp) => openHost(room, session, offer.accept(parseDescription(sdp))));
      return { session, sdp: offer.sdp };
    }
    const offer = createViewerOffer(session.local, viewPolicy(room));
    session.awaitAnswer((sdp) => openViewer(room, session, offer.accept(parseDescription(sdp))));
    return { session, sdp: offer.sdp };
  });
}

/**
 * Takes the peer's answer to our offer.
 * @throws AppError answer_not_expected, or with the codes of `sdp/`: then the session is closed
 */
export function acceptAnswer(session: Session, answerSdp: string): void {
  const accept = session.takeAnswer();
  if (!accept)
    throw new AppError('answer_not_expected', 'This session has no offer of the server that awaits an answer.');
  telling(() => orClose(session, () => accept(answerSdp)));
}

/**
 * Takes a peer's candidates (RFC 9725, section 4.3.1). They are only checked: the server answers the checks that come
 * from the peer's addresses and learns them so, and needs no list.
 * @throws AppError malformed_candidate_fragment or ice_restart_not_supported
 */
export function acceptCandidates(session: Session, fragment: string): void {
  const { ice } = telling(() => parseSdpFragment(fragment));
  const ufrag = session.remoteUfrag;
  if (ice !== undefined && ufrag !== undefined && ice.ufrag !== ufrag)
    throw new AppError('ice_restart_not_supported', 'New ICE credentials: end this session and start another.');
}

/** Which side a peer takes that did not say: one that only receives something is a viewer. @throws AppError */
export function roleOfOffer(offerSdp: string): Role {
  const { media } = telling(() => parseDescription(offerSdp));
  const directions = media.filter(({ rejected }) => !rejected).map(({ direction }) => direction);
  return directions.includes('recvonly') && !directions.includes('sendonly') ? 'viewer' : 'host';
}

function requireLive(room: Room, role: Role): void {
  if (role === 'viewer' && !room.isLive)
    throw new AppError('not_live', 'Nobody publishes in this room now. Try again later.', { retryAfterSeconds: 3 });
}

function openHost(room: Room, session: Session, { remote, tracks }: PublisherNegotiation): void {
  const layers = tracks.find(({ kind }) => kind === 'video')?.encodings.length ?? 1;
  const withAudio = tracks.some(({ kind }) => kind === 'audio');
  const maxBitrateBps = publishedBitrateBps(publishPolicy(room, session.caps), layers, withAudio);
  session.open(remote, () => {
    const publisher = room.router.publish(session.sink, tracks, {
      maxBitrateBps,
      hostId: hostIdOf(session.userId),
      limits: session.caps,
    });
    return { receiver: publisher, publisher, detach: () => room.router.unpublish(publisher) };
  });
}

function openViewer(room: Room, session: Session, { remote, tracks }: ViewerNegotiation): void {
  session.videoMid = tracks.find(({ kind }) => kind === 'video')?.mid;
  session.open(remote, (nowUs) => {
    const viewer = room.router.subscribe(session.sink, tracks, nowUs, session.caps);
    return {
      receiver: viewer,
      viewer,
      canDecode: () => room.router.canDecode(viewer),
      detach: () => room.router.unsubscribe(viewer),
    };
  });
}

/** The room's, or less where the host's token says so. */
function publishPolicy({ media: { video, audio } }: Room, caps: SessionCaps): PublishPolicy {
  const { maxBitrateBps = Infinity, maxFramerate = Infinity } = caps;
  return {
    videoCodec: video.codec,
    videoBitrateBps: Math.min(video.target_bitrate_kbps * 1000, maxBitrateBps),
    maxFramerate: Math.min(video.max_framerate, maxFramerate),
    audioBitrateBps: audio.bitrate_kbps * 1000,
    audioSampleRateHz: audio.sample_rate,
    audioRedundancy: audio.redundancy,
  };
}

function viewPolicy(room: Room): ViewPolicy {
  const codecs: Partial<Record<MediaKind, Codec>> = {};
  // Where hosts differ, the main host's: all that both sides know is negotiated behind it.
  for (const { tracks } of room.router.publishers.values()) {
    for (const { parameters } of tracks) codecs[parameters.kind] ??= parameters.codec;
  }
  return {
    codecs,
    audioRedundancy: room.media.audio.redundancy,
    ssrcs: slotSsrcs(room.maxHosts),
    cname: randomBytes(12).toString('base64url'),
  };
}

function slotSsrcs(slots: number): ViewPolicy['ssrcs'] {
  const distinct = new Set<number>();
  while (distinct.size < 3 * slots) distinct.add(randomInt(1, 2 ** 32));
  const ssrcs = [...distinct];
  const slot = (index: number) => {
    const [audio = 1, video = 2, videoRtx = 3] = ssrcs.slice(3 * index);
    return { audio, video, videoRtx };
  };
  return [slot(0), ...Array.from({ length: slots - 1 }, (_, index) => slot(index + 1))];
}

/** A session whose negotiation fails must not keep its place. */
function orClose<T>(session: Session, negotiate: () => T): T {
  try {
    return negotiate();
  } catch (error) {
    session.close('failed');
    throw error;
  }
}

/** Tells the room how a try to get a session went. */
function counting(room: Room, role: Role, join: () => Negotiated): Negotiated {
  try {
    const negotiated = telling(join);
    room.onJoin(role, 'ok');
    return negotiated;
  } catch (error) {
    room.onJoin(role, error instanceof AppError ? error.code : 'internal');
    throw error;
  }
}

/** Puts the errors of the layers below, which are for the peer, into the catalogue's form. */
function telling<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof SdpError) throw new AppError(error.code, error.message, { cause: error });
    if (error instanceof TransportError && error.code === 'bad_remote_parameters')
      throw new AppError(error.code, error.message, { cause: error });
    throw error;
  }
}
