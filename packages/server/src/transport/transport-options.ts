import type { CandidateOptions } from './candidates.ts';

/** What every transport is opened with. */
export interface TransportOptions extends Pick<CandidateOptions, 'bindAddress' | 'announcedAddresses'> {
  /** The UDP port of all media; 0 takes any free one. */
  readonly port: number;
  /** Told of what the handlers of a connection throw; that connection is closed. Must not throw itself. */
  readonly onError: (error: unknown) => void;
}
