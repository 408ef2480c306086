import { decodeTimeCode, timeCodeColumns, timeCodeHeightShare, timeCodeRows } from './time-code.ts';

const pixelsPerBlock = 4;
const width = timeCodeColumns * pixelsPerBlock;
const height = timeCodeRows * pixelsPerBlock;
const intervalMs = 250;
const validForMs = 2_000;
/** More than this, or a frame from the future, is no delay but another picture that happens to read like a time code. */
const longestDelayMs = 60_000;
const clockErrorMs = 500;

/** Reads the time code in a playing video, where there is one, and so measures the delay from glass to glass. */
export class TimeCodeReader {
  readonly #video: HTMLVideoElement;
  readonly #serverTimeMs: (localMs: number) => number | undefined;
  readonly #context: CanvasRenderingContext2D | null;
  #readMs = 0;
  #delayMs = 0;

  /** `serverTimeMs` turns a local time into one by the clock that the time code was made with; milliseconds since 1970. */
  constructor(video: HTMLVideoElement, serverTimeMs: (localMs: number) => number | undefined) {
    this.#video = video;
    this.#serverTimeMs = serverTimeMs;
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    this.#context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if ('requestVideoFrameCallback' in video) this.#awaitFrame();
  }

  /** Milliseconds from painting to showing, of a frame shown in the last two seconds; null where none had a time code. */
  get delayMs(): number | null {
    return Date.now() - this.#readMs < validForMs ? this.#delayMs : null;
  }

  #awaitFrame(): void {
    this.#video.requestVideoFrameCallback((nowMs, frame) => {
      const shownMs = Date.now() + frame.expectedDisplayTime - nowMs;
      this.#read(shownMs);
      setTimeout(() => this.#awaitFrame(), intervalMs);
    });
  }

  #read(shownMs: number): void {
    const { videoWidth, videoHeight } = this.#video;
    const context = this.#context;
    if (!context || videoWidth === 0) return;
    const stripHeight = videoHeight * timeCodeHeightShare;
    context.drawImage(this.#video, 0, videoHeight - stripHeight, videoWidth, stripHeight, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const green = Uint8ClampedArray.from({ length: width * height }, (_, index) => data[index * 4 + 1] ?? 0);

    const paintedMs = decodeTimeCode(green, width, height);
    const serverMs = this.#serverTimeMs(shownMs);
    if (paintedMs === undefined || serverMs === undefined) return;
    const delayMs = serverMs - paintedMs;
    if (delayMs < -clockErrorMs || delayMs > longestDelayMs) return;
    this.#delayMs = delayMs;
    this.#readMs = Date.now();
  }
}
