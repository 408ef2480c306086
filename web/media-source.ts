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

/** Why a source did not open, in words for the person in front of the screen. */
export class SourceError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceError';
  }
}

/** Opens a source; the browser may ask the user. @throws SourceError */
export async function openSource(kind: SourceKind): Promise<MediaSource> {
  try {
    if (kind === 'pattern') {
      const pattern = startTestPattern();
      return { kind, pattern, stream: pattern.stream, stop: () => pattern.stop() };
    }
    if (!navigator.mediaDevices) throw new SourceError(insecureContextText);
    const stream = await (kind === 'camera' ? openCamera() : openScreen());
    return { kind, stream, stop: () => stopTracks(stream) };
  } catch (cause) {
    throw cause instanceof SourceError ? cause : new SourceError(explain(kind, cause), { cause });
  }
}

/** Phones have no screen sharing. Without a secure context it is not there either, but the error says what to do. */
export function canShareScreen(): boolean {
  return !isSecureContext || 'getDisplayMedia' in navigator.mediaDevices;
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

async function openCamera(): Promise<MediaStream> {
  const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: true });
  } catch (cause) {
    // One of the two is missing; a camera alone is enough to go live.
    if (errorName(cause) === 'NotFoundError') return navigator.mediaDevices.getUserMedia({ video });
    throw cause;
  }
}

async function openScreen(): Promise<MediaStream> {
  if (!canShareScreen()) throw new SourceError('This browser cannot share its screen.');
  return navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true });
}

const insecureContextText =
  'Browsers share cameras and screens only on pages from https:// or from localhost. The test pattern works here too.';

function explain(kind: SourceKind, cause: unknown): string {
  const what = kind === 'camera' ? 'camera and microphone' : 'screen';
  switch (errorName(cause)) {
    case 'NotAllowedError':
      return `The browser was not allowed to use the ${what}. Allow it for this site, beside the address, and choose again.`;
    case 'NotFoundError':
      return 'No camera was found. Connect one and choose again, or take the test pattern.';
    case 'NotReadableError':
      return `The ${what} cannot be read. Another program may be using it.`;
    default:
      return `The ${what} did not start: ${String(cause)}`;
  }
}

function errorName(cause: unknown): string {
  return cause instanceof DOMException ? cause.name : '';
}
