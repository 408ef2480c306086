import type { StreamCounts } from '../client/received-stream.ts';

/** What one session of a viewer came to. Times are ms since its POST. Counts are of video. */
export interface SessionRecord extends StreamCounts {
  readonly room: string;
  /** Why it failed, in a word or two. */
  readonly error: string | undefined;
  readonly answerMs: number | undefined;
  readonly connectMs: number | undefined;
  readonly firstPacketMs: number | undefined;
  readonly firstKeyframeMs: number | undefined;
  /** Whether `expected` is what the host has made; else it is what the sequence numbers tell. */
  readonly isTraced: boolean;
  /** Packets that it took as lost on purpose. */
  readonly ignored: number;
  readonly packetsReceived: number;
  readonly bytesReceived: number;
}
