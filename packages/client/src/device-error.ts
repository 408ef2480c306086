import { type ClientErrorCode, StreamError } from './stream-error.ts';

/** What was asked for, in words for people. */
export type DeviceName = 'camera' | 'microphone' | 'camera and microphone' | 'screen';

interface Explanation {
  readonly code: ClientErrorCode;
  readonly message: string;
  readonly advice: string;
}

/** By the names of the exceptions of getUserMedia and getDisplayMedia (W3C Media Capture, section 10.2.1). */
const explanations: Readonly<Record<string, (what: DeviceName) => Explanation>> = {
  NotAllowedError: (what) => ({
    code: what === 'screen' ? 'screen_not_chosen' : 'permission_denied',
    message: what === 'screen' ? 'No screen was chosen.' : `The page may not use the ${what}.`,
    advice: `Allow it for this site, beside the address, and choose again.`,
  }),
  SecurityError: (what) => ({
    code: 'permission_denied',
    message: `The page may not use the ${what}.`,
    advice: 'A page within a frame needs the permission in its allow attribute.',
  }),
  NotFoundError: (what) => ({
    code: 'device_not_found',
    message: `No ${what} was found.`,
    advice: 'Connect one and choose again.',
  }),
  NotReadableError: (what) => ({
    code: 'device_in_use',
    message: `The ${what} cannot be read.`,
    advice: 'Close other programs that may be using it.',
  }),
  OverconstrainedError: (what) => ({
    code: 'device_unsuitable',
    message: `No ${what} can do what was asked for.`,
    advice: 'Choose another device, or ask for less.',
  }),
};

export function deviceError(what: DeviceName, cause: unknown): StreamError {
  const name = cause instanceof DOMException || cause instanceof Error ? cause.name : '';
  const explain = explanations[name];
  const explanation = explain?.(what) ?? {
    code: 'device_failed',
    message: `The ${what} did not start: ${String(cause)}`,
    advice: 'Choose again, or another device.',
  };
  return new StreamError({ ...explanation, cause });
}

/** @throws StreamError where the browser has no devices for this page */
export function requireDevices(): MediaDevices {
  if (navigator.mediaDevices) return navigator.mediaDevices;
  throw new StreamError({
    code: isSecureContext ? 'not_supported' : 'insecure_context',
    message: 'The browser shares no camera, microphone or screen with this page.',
    advice: 'Open the page from https:// or from localhost, in a current browser.',
  });
}
