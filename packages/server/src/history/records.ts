/** What is written: one fact each. Writing one twice changes nothing, so a batch that may have failed is sent again. */
export type StoreRecord =
  | {
      type: 'room';
      run: number;
      roomId: string;
      owner: string | null;
      postId: string | null;
      /** JSON. */
      settings: string;
      createdUs: number;
    }
  | { type: 'room-end'; run: number; endedUs: number; reason: string }
  | {
      type: 'session';
      session: number;
      /** The public one. */
      id: string;
      run: number;
      role: 'host' | 'viewer';
      kind: 'http' | 'websocket';
      userId: string | null;
      connectedUs: number;
      /** With this session, if it is a viewer's. */
      viewerCount: number;
    }
  | { type: 'session-bytes'; session: number; bytesSent: number; bytesReceived: number }
  | {
      type: 'session-end';
      session: number;
      endedUs: number;
      reason: string;
      bytesSent: number;
      bytesReceived: number;
      /** JSON. */
      quality: string | null;
    }
  /** Whoever `key` stands for is kept out until then. */
  | { type: 'revocation'; key: string; untilMs: number }
  /** The server was running then. */
  | { type: 'alive'; atUs: number }
  /** An event, and the endpoints that it is to be delivered to. */
  | ({ type: 'event'; endpoints: readonly string[] } & StoredEvent)
  | { type: 'delivered'; endpoint: string; roomId: string | null; event: number };

/** A wire event as it is kept: numbered, and as text. */
export interface StoredEvent {
  readonly event: number;
  readonly roomId: string | null;
  readonly eventType: string;
  /** The event as JSON. */
  readonly body: string;
}

/** A room that had not ended when the server did. */
export interface OpenRoom {
  readonly run: number;
  readonly roomId: string;
  readonly owner: string | null;
  readonly postId: string | null;
  readonly settings: string;
  readonly createdUs: number;
  readonly peakViewers: number;
}

/** A session that had not ended when the server did. */
export interface OpenSession {
  readonly session: number;
  readonly id: string;
  readonly run: number;
  readonly role: 'host' | 'viewer';
  readonly userId: string | null;
  readonly connectedUs: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** What the server was at when it ended, however it did. */
export interface Snapshot {
  readonly revocations: readonly { readonly key: string; readonly untilMs: number }[];
  /** The greatest number in use for runs, sessions and events. */
  readonly lastNumber: number;
  /** When it was last known to be running; 0 where it never was. */
  readonly aliveUs: number;
  readonly rooms: readonly OpenRoom[];
  readonly sessions: readonly OpenSession[];
  /** Who has published in the open rooms, and until when. */
  readonly hosts: readonly { readonly run: number; readonly userId: string | null; readonly lostUs: number }[];
}

/** A room of the history, with its sessions summed up. */
export interface RunRow {
  readonly run: number;
  readonly roomId: string;
  readonly owner: string | null;
  readonly postId: string | null;
  readonly createdUs: number;
  readonly endedUs: number | null;
  readonly endReason: string | null;
  readonly peakViewers: number;
  readonly viewerUs: number;
  readonly hostSessions: number;
  readonly viewerSessions: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface SessionRow {
  readonly session: number;
  readonly id: string;
  readonly role: 'host' | 'viewer';
  readonly kind: 'http' | 'websocket';
  readonly userId: string | null;
  readonly connectedUs: number;
  readonly endedUs: number | null;
  readonly endReason: string | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly quality: string | null;
}

/** What can be asked, and what the answer is. `before` and `after` are numbers that are not themselves included. */
export interface Questions {
  runs: { in: { limit: number; before?: number; roomId?: string; nowUs: number }; out: RunRow[] };
  run: { in: { roomId: string; run?: number; nowUs: number }; out: RunRow | undefined };
  sessions: { in: { run: number; limit: number; before?: number }; out: SessionRow[] };
  events: { in: { after: number; limit: number; roomId?: string }; out: StoredEvent[] };
  /** The rooms that an endpoint has not been told everything of; '' for events without a room. */
  lanes: { in: { endpoint: string }; out: string[] };
  undelivered: { in: { endpoint: string; lane: string; after: number; limit: number }; out: StoredEvent[] };
  /** What every endpoint has not been told yet: how many events, and the first of them. */
  queued: { in: object; out: { endpoint: string; events: number; firstEvent: number }[] };
  /** Drops the queues of all other endpoints. The answer is how many deliveries that were. */
  keepEndpoints: { in: { endpoints: readonly string[] }; out: number };
  /** Removes some of what ended before. To be asked again until the answer, how many rows that were, is 0. */
  prune: { in: { beforeUs: number }; out: number };
}
export type Question = keyof Questions;
