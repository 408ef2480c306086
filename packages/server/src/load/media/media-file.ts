/** A file that cannot be used as a host's media. */
export class MediaFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MediaFileError';
  }
}

/** One encoded picture: a VP8 frame, or the NAL units of an H264 access unit. */
export interface EncodedFrame {
  readonly isKeyframe: boolean;
  /** VP8 has one. */
  readonly units: readonly Buffer[];
}

export interface EncodedFile {
  readonly codec: 'VP8' | 'H264';
  /** 0 where the file does not tell. */
  readonly framesPerSecond: number;
  /** H264: profile, constraints and level of the first sequence parameter set in hex, as `profile-level-id` has them. */
  readonly profileLevelId?: string;
  readonly frames: readonly EncodedFrame[];
}
