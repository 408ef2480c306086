import type { MediaKind } from '../../rtp/parameters.ts';
import { type Check, seconds } from './check.ts';

/** After the first packet of the other track; a camera takes its time to start. */
const patienceUs = 4_000_000;

/** A track that was negotiated and never came. */
export class NoMediaCheck implements Check {
  readonly code: 'no-audio' | 'no-video';
  readonly advice: string;
  readonly #kind: MediaKind;
  readonly #startUs: number;
  #hasCome = false;

  constructor(kind: MediaKind, startUs: number) {
    this.code = `no-${kind}`;
    this.advice = `Check that the sender has ${kind} to send, and that it sends it with the payload type and SSRC it announced.`;
    this.#kind = kind;
    this.#startUs = startUs;
  }

  onPacket(): void {
    this.#hasCome = true;
  }

  find(nowUs: number): string | undefined {
    if (this.#hasCome || nowUs - this.#startUs <= patienceUs) return undefined;
    return `${this.#kind === 'audio' ? 'Audio' : 'Video'} was announced, but none has come in ${seconds(nowUs - this.#startUs)}.`;
  }
}
