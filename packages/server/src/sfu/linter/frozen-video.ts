import { type Check, seconds } from './check.ts';

/** Browsers repeat a still screen once a second, so this is no pause of theirs. */
const maxPauseUs = 2_000_000;

/** A video track that has stopped, in all its layers. */
export class FrozenVideoCheck implements Check {
  readonly code = 'frozen-video';
  readonly advice =
    'Check that the camera is connected and the source still runs; choose the source again, or publish again.';
  #packetUs: number | undefined;

  onPacket(_packet: unknown, nowUs: number): void {
    this.#packetUs = nowUs;
  }

  find(nowUs: number): string | undefined {
    if (this.#packetUs === undefined || nowUs - this.#packetUs <= maxPauseUs) return undefined;
    return `No video has come for ${seconds(nowUs - this.#packetUs)}.`;
  }
}
