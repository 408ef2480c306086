import type { MediaKind } from '../../rtp/parameters.ts';

/** Stable: docs/stream-warnings.md lists them. */
export type StreamWarningCode =
  | 'above-limit'
  | 'b-frames'
  | 'long-key-interval'
  | 'odd-profile'
  | 'sender-reports-missing'
  | 'sender-reports-wrong'
  | 'loss-rising'
  | 'jitter-rising'
  | 'below-target'
  | 'silent-audio'
  | 'frozen-video'
  | 'still-video'
  | 'no-audio'
  | 'no-video';

/** Something about the host's stream that viewers suffer from, or soon will. */
export interface StreamWarning {
  readonly code: StreamWarningCode;
  readonly kind: MediaKind;
  /** The simulcast layer, where it is about one. */
  readonly rid?: string;
  readonly sinceUs: number;
  /** What was seen, with figures of the moment in which it was raised. */
  readonly detail: string;
  /** What the host may do about it. */
  readonly advice: string;
}
