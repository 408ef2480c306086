import type { HostView } from '@bitbasel/protocol';

/** A host of the room, and where a viewer sees it. */
export interface ShownHost {
  /** Null for one who did not say who it is. */
  readonly userId: string | null;
  /** Of those who are there, the one that came first. */
  readonly isMain: boolean;
  /** For a video element; null where this host is not shown now. It stays the same while the host is there. */
  readonly stream: MediaStream | null;
}

/** The media streams of the hosts that a viewer sees: the main host's is the one that the viewer has from the start. */
export class HostStreams {
  readonly main: MediaStream;
  readonly #others = new Map<string | null, MediaStream>();

  constructor(main: MediaStream) {
    this.main = main;
  }

  /** Puts the tracks of a connection into the streams, as the server says which of its m-lines carries whom. */
  show(peer: RTCPeerConnection, hosts: readonly HostView[]): ShownHost[] {
    const shown = hosts.filter(({ audio_mid, video_mid }) => audio_mid !== null || video_mid !== null);
    // With one slot the main host makes way for whoever speaks.
    const first = shown.find(({ is_main }) => is_main) ?? shown[0];
    for (const userId of this.#others.keys()) {
      if (userId === first?.user_id || !shown.some(({ user_id }) => user_id === userId)) this.#others.delete(userId);
    }
    return hosts.map((host) => {
      const stream = shown.includes(host) ? this.#streamOf(host, host === first) : null;
      if (stream !== null) setTracks(stream, tracksOf(peer, host));
      return { userId: host.user_id, isMain: host.is_main, stream };
    });
  }

  #streamOf({ user_id }: HostView, isFirst: boolean): MediaStream {
    if (isFirst) return this.main;
    const stream = this.#others.get(user_id) ?? new MediaStream();
    this.#others.set(user_id, stream);
    return stream;
  }
}

function tracksOf(peer: RTCPeerConnection, { audio_mid, video_mid }: HostView): MediaStreamTrack[] {
  const mids = [audio_mid, video_mid];
  const transceivers = peer.getTransceivers().filter(({ mid }) => mid !== null && mids.includes(mid));
  return transceivers.map(({ receiver }) => receiver.track);
}

/** What is there already stays, so that it plays on. */
export function setTracks(stream: MediaStream, tracks: readonly MediaStreamTrack[]): void {
  for (const track of stream.getTracks()) if (!tracks.includes(track)) stream.removeTrack(track);
  for (const track of tracks) stream.addTrack(track);
}
