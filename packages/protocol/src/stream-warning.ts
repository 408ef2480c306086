/** What can be wrong with a host's stream. Stable; docs/stream-warnings.md explains each. */
export type StreamWarningCode =
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

/** Something about the host's stream that viewers suffer from, or soon will, and what may help. */
export interface StreamWarning {
  code: StreamWarningCode;
  kind: 'audio' | 'video';
  /** The simulcast layer, where it is about one. */
  rid?: string;
  /** ISO 8601, UTC. */
  since: string;
  /** What was seen, with figures of that moment. */
  detail: string;
  advice: string;
}
