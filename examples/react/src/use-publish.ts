import { type PublishOptions, type PublishSession, publish, type StreamWarning } from '@bitbasel/client/publish';
import { useEffect, useRef, useState } from 'react';

/** What a component shows of what is sent. */
export interface Publishing {
  /** Undefined while nothing is sent. */
  readonly session: PublishSession | undefined;
  readonly state: PublishSession['state'] | undefined;
  readonly viewerCount: number;
  readonly muted: boolean;
  readonly warnings: readonly StreamWarning[];
}

const events = ['state', 'viewer-count', 'muted', 'warnings'] as const;
const nothing: Publishing = {
  ...{ session: undefined, state: undefined, viewerCount: 0, muted: false, warnings: [] },
};

/** Publishes the stream in the room for as long as there is one. The stream stays the caller's, who stops it. */
export function usePublish(room: string, stream: MediaStream | null, options: PublishOptions = {}): Publishing {
  const [publishing, setPublishing] = useState(nothing);
  // Options count when a session begins: a new object at each render is no reason for a new session.
  const latest = useRef(options);
  latest.current = options;

  useEffect(() => {
    if (stream === null) return;
    const session = publish(room, stream, latest.current);
    const update = () => {
      const { state, viewerCount, muted, warnings } = session;
      setPublishing({ session, state, viewerCount, muted: muted.audio, warnings });
    };
    for (const event of events) session.on(event, update);
    update();
    return () => {
      session.close();
      setPublishing(nothing);
    };
  }, [room, stream]);

  return publishing;
}
