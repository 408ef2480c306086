import type { ErrorCode } from './errors.ts';

interface ErrorNote {
  readonly meaning: string;
  /** What a client, or the person at it, can do. */
  readonly advice: string;
}

const fixOffer = 'Fix what the detail names in the session description; the same one is refused again.';
const waitAndRepeat = 'Repeat after Retry-After where there is one, else with growing pauses.';

/** What docs/errors.md and `/docs/errors` say of every code. A code without its note does not compile. */
export const errorNotes: Readonly<Record<ErrorCode, ErrorNote>> = {
  bad_request: {
    meaning: 'The request is no proper HTTP: its URL, its headers, or the length of its body.',
    advice: 'Look at the client or the proxy that made the request.',
  },
  bad_message: {
    meaning: 'A WebSocket message is no JSON, of no known type, or out of turn.',
    advice: 'Send what docs/api/asyncapi.json describes. After 20 such messages the socket is closed.',
  },
  malformed_json: { meaning: 'The body is not JSON.', advice: 'The detail says where the text breaks.' },
  malformed_sdp: { meaning: 'The session description cannot be read.', advice: fixOffer },
  malformed_candidate_fragment: {
    meaning: 'The body of a trickle PATCH is no candidate fragment (RFC 8840).',
    advice: 'Send `application/trickle-ice-sdpfrag` with the ICE credentials of the session. The session goes on.',
  },
  no_ice_credentials: { meaning: 'The description has no ICE ufrag and password.', advice: fixOffer },
  no_fingerprint: {
    meaning: 'The description has no certificate fingerprint, so DTLS could not be checked.',
    advice: fixOffer,
  },
  no_media: { meaning: 'The description has neither audio nor video.', advice: fixOffer },
  wrong_direction: {
    meaning: 'A host must offer to send, a viewer to receive.',
    advice: 'Set the direction (sendonly, recvonly), or use the URL of the other role.',
  },
  answer_mismatch: {
    meaning: "The answer does not fit the server's offer.",
    advice: 'Ask for a new offer and answer that one: an offer is good for one try.',
  },
  bad_remote_parameters: { meaning: 'The ICE or DTLS parameters cannot be used.', advice: fixOffer },
  not_found: { meaning: 'There is no such URL.', advice: 'Look it up under /docs.' },
  room_not_found: {
    meaning: 'There is no room of that id, or not any more.',
    advice: 'Create it first. A viewer may come before the host: try again with growing pauses.',
  },
  session_not_found: {
    meaning: 'There is no such session, or it has ended.',
    advice: 'Begin a new one. To a DELETE this says that all is done already.',
  },
  method_not_allowed: { meaning: 'The URL does not know this method.', advice: '`Allow` names those that it knows.' },
  room_exists: { meaning: 'The id belongs to a room of another owner.', advice: 'Choose another room_id.' },
  host_exists: {
    meaning: 'Somebody else publishes in the room.',
    advice: 'Stop that session, or publish in another room.',
  },
  host_busy: {
    meaning: 'The same user publishes in the room already.',
    advice: 'Ask for `takeover`, or repeat when that session has been silent for 2 s.',
  },
  not_live: { meaning: 'Nobody publishes in the room now.', advice: 'Repeat after Retry-After.' },
  layer_not_available: {
    meaning: 'The layer that was asked for is not sent now, or the media is no video of the session.',
    advice: 'Choose among those of the `layers` event or of the room; the host may send it later.',
  },
  answer_not_expected: {
    meaning: 'No offer of the server awaits an answer in this session.',
    advice: 'Ask for an offer first; answer it once and within 60 s.',
  },
  headers_too_large: {
    meaning: 'The request line and headers together are longer than 16 KiB.',
    advice: 'Send fewer cookies, or a shorter token.',
  },
  request_too_slow: {
    meaning: 'The request did not come to its end in time: its headers within 10 s, all of it within 15 s.',
    advice: 'Try again. Behind a proxy that passes bodies on as they come, let it buffer them.',
  },
  body_too_large: {
    meaning: 'The body is longer than is taken.',
    advice: 'Send at most 256 KiB of JSON, 64 KiB of SDP.',
  },
  unsupported_media_type: {
    meaning: 'The body is of a type that the URL does not take.',
    advice: 'The detail names what it takes.',
  },
  validation_failed: {
    meaning: 'The body does not match its schema.',
    advice: '`errors` names every place and what would be right there.',
  },
  ice_restart_not_supported: {
    meaning: 'The PATCH asks for an ICE restart, which is not supported.',
    advice: 'End the session and begin a new one.',
  },
  bundle_required: { meaning: 'Audio and video must share one transport.', advice: 'Offer with max-bundle.' },
  rtcp_mux_required: { meaning: 'RTP and RTCP must share one port.', advice: 'Offer with `a=rtcp-mux`.' },
  dtls_setup_not_supported: { meaning: 'The DTLS role of the description cannot be met.', advice: fixOffer },
  ice_lite_not_supported: {
    meaning: 'The peer is an ICE lite agent, and so is the server: nobody would begin.',
    advice: 'Use a client with full ICE.',
  },
  too_many_tracks: { meaning: 'At most one audio and one video track are taken.', advice: fixOffer },
  codec_not_supported: {
    meaning: 'None of the offered codecs is known here, or is what the host sends.',
    advice: 'Offer Opus and one of VP8, VP9, H264, AV1.',
  },
  simulcast_too_many_layers: { meaning: 'More simulcast layers than are taken.', advice: fixOffer },
  too_many_event_streams: {
    meaning: 'The session has as many event streams as it may have.',
    advice: 'End one with DELETE, or use those that are open.',
  },
  internal: {
    meaning: 'The server failed. Its log says why.',
    advice: `${waitAndRepeat} Where it stays, send the log to whoever runs the server.`,
  },
  room_limit_reached: { meaning: 'The server has `rooms.max_rooms` rooms.', advice: waitAndRepeat },
  room_full: { meaning: 'The room has as many viewers as it takes.', advice: waitAndRepeat },
  server_full: { meaning: 'The server has `server.max_connections` connections.', advice: waitAndRepeat },
  draining: {
    meaning: 'The server is about to end, and waits for the sessions that it has: it takes no new ones.',
    advice: 'Go to another server where there is one; else repeat after Retry-After.',
  },
  shutting_down: {
    meaning: 'The server is about to end.',
    advice: 'Go to another server where there is one; else repeat after Retry-After.',
  },
  unauthorized: {
    meaning: 'The call came without a token, and this server asks for one.',
    advice: 'Send `Authorization: Bearer` and a token with the grant that the call needs (docs/auth.md).',
  },
  invalid_token: {
    meaning: 'The token is no token, is not good yet, or was not signed with a key that this server trusts.',
    advice: 'Ask the backend for another one; final for this token.',
  },
  token_expired: { meaning: 'The token was good once.', advice: 'Ask the backend for a fresh one.' },
  token_revoked: {
    meaning: 'A session that came with this token was removed by somebody who manages the room.',
    advice: 'Final for this token.',
  },
  resume_refused: {
    meaning: 'The resume secret is unknown, was used up, or its time is over.',
    advice: 'Join anew, with a token.',
  },
  forbidden: {
    meaning: 'The token is good, and not for this: another room, another role, or another user.',
    advice: 'Ask the backend for a token with the right grants. Whether the room exists is not told.',
  },
  kicked: {
    meaning: 'This user was removed from the room by somebody who manages it.',
    advice: 'Final until the token that it came with has expired.',
  },
  rate_limited: {
    meaning: 'Too many calls from this address, or by this user.',
    advice: 'Repeat after Retry-After. The limits are settings (`rate_limits`).',
  },
  chat_disabled: {
    meaning: 'The server or the settings of the room have switched chat and reactions off.',
    advice: 'Hide the chat. Over WebSocket all else goes on.',
  },
  chat_muted: {
    meaning: 'A moderator has muted this user in this room.',
    advice: 'Say so; a `chat-muted` message tells of the end of it. Over WebSocket all else goes on.',
  },
  moderators_only: {
    meaning: 'Only hosts of the room and tokens that manage it moderate the chat, and only the latter moderate hosts.',
    advice: 'Do not offer it to others. Over WebSocket all else goes on.',
  },
  chat_message_not_found: {
    meaning: 'The room has no such message, or not any more: its latest 1,000 can be removed.',
    advice: 'Nothing is left to do where somebody else has removed it.',
  },
  chat_text_refused: {
    meaning: 'The text is empty, too long, or has control characters (line breaks too).',
    advice: 'The detail says which; `max_characters` of `chat-joined` says how long a text may be.',
  },
  chat_emoji_refused: { meaning: 'A reaction is one emoji, and this is none, or more.', advice: 'Send one emoji.' },
  chat_slow_mode: {
    meaning: 'The room is in slow mode, and the last message of this user was too recent.',
    advice: 'Send it again after `retry_after_seconds`.',
  },
  chat_busy: {
    meaning: 'More is said in this room, or on this server, than can be sent to everybody.',
    advice: 'Send it again a second later.',
  },
  auth_unavailable: {
    meaning: 'The keys that tokens are checked by cannot be had now: the JWKS URL does not answer.',
    advice: waitAndRepeat,
  },
};
