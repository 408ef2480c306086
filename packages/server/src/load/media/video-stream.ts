/** One layer of a host's video, as RTP packets of one SSRC. */
export interface VideoStream {
  readonly ssrc: number;
  readonly frameIntervalUs: number;
  /** RTP timestamp of the next frame. */
  readonly timestamp: number;
  /** The packets of one frame after another, in buffers of their own. */
  nextFrame(): Buffer[];
  requestKeyframe(): void;
}

/** Local ids of the header extensions that the generator negotiates; the same in each offer. */
export const extensionIds = { mid: 1, rid: 2, transportCc: 3 } as const;

/** Payload types that it offers. */
export const payloadTypes = { video: 96, rtx: 97, audio: 111 } as const;

/** Payload bytes of a packet, so that with all its headers it stays below any path's MTU. */
export const maxPayloadBytes = 1180;
