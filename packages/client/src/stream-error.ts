/** Codes of the SDK's own; all others are the server's, explained at its `/docs/errors`. */
export type ClientErrorCode =
  | 'signaling_lost'
  | 'connection_failed'
  | 'negotiation_failed'
  | 'token_unavailable'
  | 'server_draining'
  | 'insecure_context'
  | 'not_supported'
  | 'permission_denied'
  | 'screen_not_chosen'
  | 'device_not_found'
  | 'device_in_use'
  | 'device_unsuitable'
  | 'device_failed';

/** The SDK's own are named for completion in editors. */
export type ErrorCode = ClientErrorCode | (string & {});

export interface StreamErrorDetails {
  readonly code: ErrorCode;
  readonly message: string;
  readonly advice: string;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** What went wrong, for programs (`code`, stable) and for people (`message`, and in `advice` what they can do). */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: ErrorCode;
  readonly advice: string;
  /** Of a session: true where it tries again by itself. */
  readonly retryable: boolean;

  constructor({ code, message, advice, retryable = false, cause }: StreamErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.advice = advice;
    this.retryable = retryable;
  }
}
