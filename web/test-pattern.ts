import { PatternPainter } from './pattern-painter.ts';
import { startTone } from './tone.ts';

const width = 1280;
const height = 720;
const defaultFramerate = 30;

export interface TestPattern {
  readonly stream: MediaStream;
  /** Milliseconds from this machine's clock to the one that viewers measure against, for the time code. */
  clockOffsetMs: number;
  /** Frames a second: more than are sent need not be painted. Default: 30. */
  setFramerate(framerate: number): void;
  stop(): void;
}

/** A moving picture with a tone, for trying the server on a machine without a camera. Runs on in a background tab. */
export function startTestPattern(): TestPattern {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  // Every frame is read back for the encoder, so a canvas in main memory is the quicker one.
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('This browser cannot draw the test pattern.');

  const painter = new PatternPainter(context);
  const tone = startTone();
  const ticker = new Worker(new URL('./pattern-ticker.js', import.meta.url), { type: 'module' });
  ticker.postMessage(defaultFramerate);
  // A frame whenever one has been painted.
  const stream = canvas.captureStream();
  const pattern: TestPattern = {
    stream,
    clockOffsetMs: 0,
    setFramerate: (framerate) => ticker.postMessage(framerate),
    stop() {
      ticker.terminate();
      tone.stop();
      for (const track of stream.getTracks()) track.stop();
    },
  };
  const paint = () => painter.paint(Math.round(Date.now() + pattern.clockOffsetMs));
  paint();
  ticker.addEventListener('message', paint);
  for (const track of stream.getVideoTracks()) track.contentHint = 'motion';
  stream.addTrack(tone.track);
  return pattern;
}
