import { type ClientPeer, createClientPeer } from '../../transport/datachannel/client-peer.ts';
import { TransportError } from '../../transport/transport.ts';
import type { ServerDescription } from './description.ts';
import { end, exchange } from './exchange.ts';
import { CallError } from './http-call.ts';

const connectTimeoutMs = 20_000;

export interface ConnectOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly bindAddress: string;
  readonly controlsIce: boolean;
  offer(peer: ClientPeer): string;
  /** Told of the answer before any packet comes. */
  onAnswer?(description: ServerDescription): void;
  /** Must not throw: the connection would end. */
  onPacket(packet: Buffer): void;
}

/** A session at a WHIP or WHEP server, with media flowing. */
export interface PeerSession {
  readonly peer: ClientPeer;
  /** DELETEs it and closes the connection. Idempotent. @throws CallError where the server does not take the DELETE */
  leave(): Promise<void>;
}

/** Resolves when media can flow. @throws CallError; nothing is left behind then */
export async function connectPeer(options: ConnectOptions): Promise<PeerSession> {
  const { url, token, bindAddress, controlsIce, onPacket } = options;
  const peer = await createClientPeer({ bindAddress, controlsIce });
  peer.onPacket = onPacket;
  let resource: string | undefined;
  let hasLeft = false;
  const leave = async (): Promise<void> => {
    if (hasLeft) return;
    hasLeft = true;
    peer.close();
    if (resource !== undefined) await end(resource, token);
  };
  try {
    const exchanged = await exchange(url, token, options.offer(peer), peer.remote);
    ({ resource } = exchanged);
    options.onAnswer?.(exchanged.description);
    peer.connect(exchanged.description.transport);
    await connected(peer);
    return { peer, leave };
  } catch (error) {
    await leave().catch(() => {});
    throw asCallError(error);
  }
}

async function connected(peer: ClientPeer): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new CallError('connect timeout', `no ICE and DTLS within ${connectTimeoutMs / 1000} s`)),
    connectTimeoutMs,
  );
  try {
    await Promise.race([peer.connected, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CallError(error instanceof TransportError ? 'bad answer' : 'connection failed', message, { cause: error });
}
