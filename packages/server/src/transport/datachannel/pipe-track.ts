import { type PeerConnection, type Track, Video } from 'node-datachannel';

/** The mid of the only media section; the synthetic offer in `remote-offer.ts` has the same. */
export const PIPE_MID = '0';
/** Any payload type will do: libdatachannel hands everything to a track that is alone, whatever is in its header. */
export const PIPE_PAYLOAD_TYPE = 96;

/**
 * Adds the one track that all RTP and RTCP of a connection goes through.
 *
 * A track has to be closed before its peer connection, which otherwise keeps it for ever.
 */
export function createPipeTrack(peerConnection: PeerConnection): Track {
  const media = new Video(PIPE_MID, 'SendRecv');
  media.addVP8Codec(PIPE_PAYLOAD_TYPE);
  const track = peerConnection.addTrack(media);
  // Without a handler the native wrapper is never released.
  track.onClosed(() => {});
  return track;
}
