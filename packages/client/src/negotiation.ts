import type { ClientMessage, ServerMessage } from '@bitbasel/protocol';

export type Welcome = Extract<ServerMessage, { type: 'welcome' }>;

/** What differs between publishing and watching when a connection is set up. */
export interface Negotiation {
  readonly role: 'host' | 'viewer';
  /** The first message. Called while the socket opens, so that an offer in it costs no time. */
  join(peer: RTCPeerConnection): Promise<ClientMessage>;
  /** Called when the peer connection knows its ICE servers. An offer that was not sent with the join comes back. */
  onWelcome(peer: RTCPeerConnection, welcome: Welcome): Promise<ClientMessage | undefined>;
}
