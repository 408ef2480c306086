import type {
  LocalCandidate,
  LocalTransport,
  RemoteTransport,
} from '../../../packages/server/src/transport/transport.ts';

/** What a generated peer's SDP says of its transport. */
export interface ClientTransport extends RemoteTransport {
  readonly candidates: readonly LocalCandidate[];
}

/** What a generated peer learns from the server's SDP. */
export interface Negotiated {
  readonly local: LocalTransport;
  readonly payloadType: number;
  /** Local id of the transport-wide sequence number; 0 where it was not negotiated, and no feedback is sent then. */
  readonly transportCcId: number;
  /** The server takes REMB. */
  readonly remb: boolean;
  /** The server's description has an SCTP section, which it wants to see opened. */
  readonly dataChannels: boolean;
}

/** `offerer`: we wrote the offer (WHIP, WHEP). `answerer`: the server did, and controls ICE. */
export type SdpRole = 'offerer' | 'answerer';

/** Numbers of packets, as the host counts them: from the first one, up to and without the last. */
export interface PacketRange {
  readonly from: number;
  readonly to: number;
}

/** What a viewer got of a range. */
export interface Received {
  /** The host's packets, each counted once. */
  readonly numbers: number;
  /** Of them, those that end a frame: all that can be known again of a frame that a server has cut anew. */
  readonly frameEnds: number;
  /** Packets as they came, of those frames. */
  readonly packets: number;
}

/** What the bench tells the viewers' process. */
export type ViewerCommand =
  /** One viewer for each UDP port. */
  | { readonly type: 'create'; readonly ports: readonly number[]; readonly role: SdpRole }
  | { readonly type: 'connect'; readonly index: number; readonly negotiated: Negotiated }
  | { readonly type: 'close'; readonly index: number }
  /** Until then nothing is counted. */
  | { readonly type: 'expect'; readonly range: PacketRange }
  | { readonly type: 'count' };

/** What it answers: one message for each command, and two more for each `connect`. */
export type ViewerReply =
  | { readonly type: 'created'; readonly first: number; readonly remotes: readonly ClientTransport[] }
  | { readonly type: 'connected'; readonly index: number; readonly atMs: number }
  /** The last packet of the first whole keyframe has come. */
  | { readonly type: 'picture'; readonly index: number; readonly atMs: number }
  | { readonly type: 'failed'; readonly index: number; readonly reason: string }
  | { readonly type: 'closed'; readonly index: number }
  | { readonly type: 'expecting' }
  /** Of the expected range, by viewer; and all media packets since the viewers connected. */
  | { readonly type: 'counted'; readonly received: readonly Received[]; readonly media: number };

export type HostCommand =
  | { readonly type: 'create'; readonly port: number }
  | { readonly type: 'connect'; readonly negotiated: Negotiated }
  | { readonly type: 'send' }
  | { readonly type: 'number' }
  /** Answered when the packet of this number has been sent. */
  | { readonly type: 'reach'; readonly number: number };

export type HostReply =
  | { readonly type: 'created'; readonly remote: ClientTransport }
  | { readonly type: 'connected' }
  | { readonly type: 'sending' }
  /** The number of the next packet. */
  | { readonly type: 'number'; readonly next: number }
  | { readonly type: 'reached'; readonly number: number };
