/** Why a session ended, and what its peer is told. */
export const closeReasons = {
  left: 'The session was ended by its owner.',
  kicked: 'This session was removed from the room.',
  token_expired: 'The token of this session has expired. Join anew, with a fresh one.',
  replaced: 'A newer session took the place of this one.',
  connect_timeout: 'No packet of this session reached the media port in time: UDP may be blocked on the way.',
  answer_timeout: "The server's offer was not answered in time.",
  timeout: 'Nothing was received from this peer for too long.',
  failed: 'The media connection broke.',
  codec_not_supported: 'The host came back with a codec that this viewer did not say it could decode. Join anew.',
  room_ended: 'The room has ended.',
  shutdown: 'The server is shutting down.',
} as const;

export type CloseReason = keyof typeof closeReasons;

/** The peer did not mean it to end, and nobody else did. */
export function isCutOff(reason: CloseReason): boolean {
  return !['left', 'kicked', 'token_expired', 'replaced', 'room_ended'].includes(reason);
}
