import { type Quality, type StreamError, type WatchOptions, type WatchSession, watch } from '@bitbasel/client/watch';
import { useCallback, useEffect, useRef, useState } from 'react';

/** What a component shows of a session. */
export interface Watching {
  readonly state: WatchSession['state'];
  readonly error: StreamError | undefined;
  readonly viewerCount: number;
  readonly qualities: readonly Quality[];
  readonly quality: string;
  /** Offer a button that calls `unmute`. */
  readonly soundBlocked: boolean;
}

const events = ['state', 'error', 'viewer-count', 'qualities', 'quality', 'sound-blocked'] as const;
const atFirst: Watching = {
  ...{ state: 'connecting', error: undefined, viewerCount: 0, qualities: [], quality: 'auto', soundBlocked: false },
};

function look(session: WatchSession): Watching {
  const { state, error, viewerCount, qualities, quality, soundBlocked } = session;
  return { state, error, viewerCount, qualities, quality, soundBlocked };
}

/** Watches a room in the video element that gets the `ref`, for as long as that is there. */
export function useWatch(room: string, options: WatchOptions = {}) {
  const [video, ref] = useState<HTMLVideoElement | null>(null);
  const [watching, setWatching] = useState(atFirst);
  const session = useRef<WatchSession>(undefined);
  // Options count when a session begins: a new object at each render is no reason for a new session.
  const latest = useRef(options);
  latest.current = options;

  useEffect(() => {
    if (video === null) return;
    const current = watch(room, video, latest.current);
    session.current = current;
    const update = () => setWatching(look(current));
    for (const event of events) current.on(event, update);
    update();
    return () => {
      session.current = undefined;
      current.close();
    };
  }, [room, video]);

  const unmute = useCallback(() => session.current?.unmute(), []);
  const setQuality = useCallback((id: string) => session.current?.setQuality(id), []);
  return { ref, ...watching, unmute, setQuality };
}
