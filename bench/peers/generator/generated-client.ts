import type { SdpClient } from '../peer.ts';
import { watchAnswer } from '../sdp/answer.ts';
import { hasVideo, readNegotiated } from '../sdp/read.ts';
import { watchOffer } from '../sdp/write.ts';
import type { Negotiated } from './messages.ts';
import type { ViewerHandle } from './viewers-process.ts';

/** The SDP of a viewer whose transport is in the viewers' process. */
export class GeneratedClient implements SdpClient {
  readonly #viewer: ViewerHandle;
  #negotiated: Negotiated | undefined;

  constructor(viewer: ViewerHandle) {
    this.#viewer = viewer;
  }

  async offer(): Promise<string> {
    return watchOffer(this.#viewer.remote);
  }

  async accept(answer: string): Promise<void> {
    this.#negotiated = readNegotiated(answer);
  }

  async answer(offer: string): Promise<string> {
    // What is offered later is about the same connection.
    if (hasVideo(offer)) this.#negotiated ??= readNegotiated(offer);
    return watchAnswer(offer, this.#viewer.remote);
  }

  /** Resolves when the viewer sees a picture. */
  async connect(): Promise<{ readonly connectedAtMs: number; readonly pictureAtMs: number }> {
    if (this.#negotiated === undefined) throw new Error('The server has not described its media');
    return await this.#viewer.connect(this.#negotiated);
  }
}
