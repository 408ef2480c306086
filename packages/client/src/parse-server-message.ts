import type { ServerMessage } from '@bitbasel/protocol';

/**
 * A frame from the signaling socket; undefined for what is no message at all. Types unknown here come through, for the
 * caller to pass over, so that a newer server can say more.
 */
export function parseServerMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message: unknown = JSON.parse(data);
    const isMessage =
      typeof message === 'object' && message !== null && 'type' in message && typeof message.type === 'string';
    return isMessage ? (message as ServerMessage) : undefined;
  } catch {
    return undefined;
  }
}
