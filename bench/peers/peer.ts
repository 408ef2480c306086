import type { ClientTransport, Negotiated, SdpRole } from './generator/messages.ts';

/** A server that the same load is put on. */
export interface Peer {
  readonly name: string;
  /** How it is set up here, in a line for the report. */
  readonly setting: string;
  /** Who writes the offer when a viewer comes. */
  readonly viewerRole: SdpRole;
  /** It takes frames out of their packets and cuts them into packets of its own. */
  readonly cutsAnew?: boolean;
  /**
   * Fetches and builds what is missing; resolves to the version that is measured.
   * @throws Unavailable where it cannot be had
   */
  prepare(): Promise<string>;
  /** Starts it on loopback, with one room. */
  start(): Promise<RunningPeer>;
}

export interface RunningPeer {
  /** The root of the process tree that is accounted. */
  readonly pid: number;
  /** Takes a host that sends VP8: resolves when it may connect. */
  publish(remote: ClientTransport): Promise<Negotiated>;
  /** Resolves when viewers may come; the host sends already. */
  published?(): Promise<void>;
  /** Takes a viewer: resolves when it may connect. */
  watch(client: SdpClient): Promise<void>;
  stop(): Promise<void>;
}

/** A viewer's side of the SDP: it offers and accepts the answer, or answers what the server offers. */
export interface SdpClient {
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  answer(offer: string): Promise<string>;
}

/** A peer cannot be had on this machine; the message says why. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
