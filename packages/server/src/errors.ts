import type { Problem } from '@bitbasel/protocol';

interface ErrorKind {
  /** HTTP status. */
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed later. */
  readonly retryable?: true;
}

/**
 * Every error that a client can be told of, over HTTP or WebSocket. The codes are stable: clients branch on them.
 * Those about session descriptions are the codes of `sdp/` and of the transport, under the same names.
 */
const catalogue = {
  bad_request: { status: 400, title: 'Bad request' },
  bad_message: { status: 400, title: 'Message not understood' },
  malformed_json: { status: 400, title: 'Body is not JSON' },
  malformed_sdp: { status: 400, title: 'Session description not understood' },
  malformed_candidate_fragment: { status: 400, title: 'Candidate fragment not understood' },
  no_ice_credentials: { status: 400, title: 'No ICE credentials' },
  no_fingerprint: { status: 400, title: 'No certificate fingerprint' },
  no_media: { status: 400, title: 'No audio or video' },
  wrong_direction: { status: 400, title: 'Wrong media direction' },
  answer_mismatch: { status: 400, title: 'Answer does not fit the offer' },
  bad_remote_parameters: { status: 400, title: 'Transport parameters cannot be used' },
  unauthorized: { status: 401, title: 'Authentication required' },
  invalid_token: { status: 401, title: 'Token not accepted' },
  token_expired: { status: 401, title: 'Token has expired' },
  token_revoked: { status: 401, title: 'Token has been revoked' },
  resume_refused: { status: 401, title: 'Resume secret not accepted' },
  forbidden: { status: 403, title: 'Not allowed' },
  kicked: { status: 403, title: 'Removed from the room' },
  chat_disabled: { status: 403, title: 'No chat in this room' },
  chat_muted: { status: 403, title: 'Muted' },
  moderators_only: { status: 403, title: 'For moderators only' },
  not_found: { status: 404, title: 'Not found' },
  room_not_found: { status: 404, title: 'No such room' },
  session_not_found: { status: 404, title: 'No such session' },
  chat_message_not_found: { status: 404, title: 'No such message' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_too_slow: { status: 408, title: 'Request not ended in time', retryable: true },
  room_exists: { status: 409, title: 'Room belongs to another' },
  host_exists: { status: 409, title: 'Room has a host already' },
  /** The same user's other session: it may be taken over, at once or when it has fallen silent. */
  host_busy: { status: 409, title: 'Publishing already', retryable: true },
  not_live: { status: 409, title: 'Room is not live', retryable: true },
  layer_not_available: { status: 409, title: 'No such layer', retryable: true },
  answer_not_expected: { status: 409, title: 'No offer awaits an answer' },
  body_too_large: { status: 413, title: 'Body too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  validation_failed: { status: 422, title: 'Body does not match' },
  chat_text_refused: { status: 422, title: 'Text not accepted' },
  chat_emoji_refused: { status: 422, title: 'Not an emoji' },
  ice_restart_not_supported: { status: 422, title: 'ICE restart not supported' },
  bundle_required: { status: 422, title: 'BUNDLE required' },
  rtcp_mux_required: { status: 422, title: 'RTCP multiplexing required' },
  dtls_setup_not_supported: { status: 422, title: 'DTLS role not supported' },
  ice_lite_not_supported: { status: 422, title: 'ICE lite peer not supported' },
  too_many_tracks: { status: 422, title: 'Too many tracks' },
  codec_not_supported: { status: 422, title: 'No codec in common' },
  simulcast_too_many_layers: { status: 422, title: 'Too many simulcast layers' },
  too_many_event_streams: { status: 429, title: 'Too many event streams', retryable: true },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  chat_slow_mode: { status: 429, title: 'Slow mode', retryable: true },
  headers_too_large: { status: 431, title: 'Headers too large' },
  chat_busy: { status: 503, title: 'Chat is too busy', retryable: true },
  internal: { status: 500, title: 'Internal error', retryable: true },
  room_limit_reached: { status: 503, title: 'Too many rooms', retryable: true },
  room_full: { status: 503, title: 'Room is full', retryable: true },
  server_full: { status: 503, title: 'Server is full', retryable: true },
  auth_unavailable: { status: 503, title: 'Tokens cannot be checked now', retryable: true },
  draining: { status: 503, title: 'Server is being drained', retryable: true },
  shutting_down: { status: 503, title: 'Server is shutting down', retryable: true },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof catalogue;

/** Every code with its kind, for the documents. */
export const errorCatalogue: Readonly<Record<ErrorCode, ErrorKind>> = catalogue;

export interface AppErrorOptions extends ErrorOptions {
  retryAfterSeconds?: number;
  /** For a 405: the methods that the resource has. */
  allow?: readonly string[];
  errors?: { path: string; message: string }[];
}

/** An error that the peer is told of. The detail says what was wrong and what would be right, and nothing internal. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: readonly string[] | undefined;
  readonly errors: { path: string; message: string }[] | undefined;

  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, options);
    this.name = 'AppError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.allow = options.allow;
    this.errors = options.errors;
  }

  get status(): number {
    return catalogue[this.code].status;
  }

  get retryable(): boolean {
    return 'retryable' in catalogue[this.code];
  }

  /** The error as a body of `application/problem+json` (RFC 9457). */
  toProblem(): Problem {
    return {
      type: `/docs/errors#${this.code}`,
      title: catalogue[this.code].title,
      status: this.status,
      code: this.code,
      retryable: this.retryable,
      detail: this.message,
      ...(this.errors ? { errors: this.errors } : {}),
    };
  }
}
