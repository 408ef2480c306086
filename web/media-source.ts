import { openCamera, openScreen, stopStream } from '/sdk/index.js';
import { startTestPattern, type TestPattern } from './test-pattern.ts';

export type SourceKind = 'camera' | 'screen' | 'pattern';

/** What a host can send, open and running. */
export interface MediaSource {
  readonly kind: SourceKind;
  readonly stream: MediaStream;
  /** Only of a test pattern. */
  readonly pattern?: TestPattern;
  stop(): void;
}

/** Opens a source; the browser may ask the user. @throws StreamError */
export async function openSource(kind: SourceKind): Promise<MediaSource> {
  if (kind === 'pattern') {
    const pattern = startTestPattern();
    return { kind, pattern, stream: pattern.stream, stop: () => pattern.stop() };
  }
  const stream = await (kind === 'camera' ? openCamera() : openScreen());
  return { kind, stream, stop: () => stopStream(stream) };
}
