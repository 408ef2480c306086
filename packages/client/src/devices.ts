import { type DeviceName, deviceError, requireDevices } from './device-error.ts';
import { StreamError } from './stream-error.ts';

export { type ClientErrorCode, type ErrorCode, StreamError } from './stream-error.ts';

export interface Device {
  readonly id: string;
  /** Empty until the page was allowed to use a device of this kind. */
  readonly label: string;
}

export interface Devices {
  readonly cameras: readonly Device[];
  readonly microphones: readonly Device[];
}

export interface CameraOptions {
  /** Of `listDevices()`. Default: the browser's choice. */
  cameraId?: string;
  microphoneId?: string;
  /** Default: true. Where there is no microphone, the camera comes alone. */
  audio?: boolean;
  /** On phones: `user` is the front camera, `environment` the other. */
  facingMode?: 'user' | 'environment';
  /** What is asked for; cameras give what they have that is nearest. Default: 1280 x 720, 30 frames a second. */
  width?: number;
  height?: number;
  frameRate?: number;
}

export interface MicrophoneOptions {
  microphoneId?: string;
  /** Music and the like: no echo cancellation, noise suppression or gain control, and stereo. Default: false. */
  music?: boolean;
}

export interface ScreenOptions {
  /** The sound of the tab or the machine, where the browser has it. Default: true. */
  audio?: boolean;
  /** Default: 30. */
  frameRate?: number;
}

/** What there is to choose from. Ids and labels are empty until a device was opened. @throws StreamError */
export async function listDevices(): Promise<Devices> {
  const found = await requireDevices().enumerateDevices();
  const ofKind = (kind: MediaDeviceKind): Device[] =>
    found.filter((device) => device.kind === kind).map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { cameras: ofKind('videoinput'), microphones: ofKind('audioinput') };
}

/**
 * Calls `listener` with what there is now, and each time that a device is connected or disconnected.
 * @returns what ends it
 * @throws StreamError where the browser has no devices for this page
 */
export function watchDevices(listener: (devices: Devices) => void): () => void {
  const devices = requireDevices();
  let isWatching = true;
  const tell = async () => {
    const found = await listDevices();
    if (isWatching) listener(found);
  };
  const onChange = () => void tell();
  devices.addEventListener('devicechange', onChange);
  onChange();
  return () => {
    isWatching = false;
    devices.removeEventListener('devicechange', onChange);
  };
}

/** Opens a camera, with a microphone unless told otherwise; the browser may ask the user. @throws StreamError */
export async function openCamera(options: CameraOptions = {}): Promise<MediaStream> {
  const { audio = true, microphoneId } = options;
  const video = cameraConstraints(options);
  if (!audio) return open('camera', { video });
  try {
    return await open('camera and microphone', { video, audio: microphoneConstraints(options) });
  } catch (error) {
    // One of the two is missing; a camera alone is enough to be seen.
    if (error instanceof StreamError && error.code === 'device_not_found' && microphoneId === undefined)
      return open('camera', { video });
    throw error;
  }
}

/** @throws StreamError */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<MediaStream> {
  return open('microphone', { audio: microphoneConstraints(options) });
}

/** Phones have no screen sharing. Without a secure context `openScreen` says what to do. */
export function canShareScreen(): boolean {
  return !isSecureContext || 'getDisplayMedia' in navigator.mediaDevices;
}

/** Lets the user choose a screen, a window or a tab. To be called from a gesture of the user's. @throws StreamError */
export async function openScreen({ audio = true, frameRate = 30 }: ScreenOptions = {}): Promise<MediaStream> {
  const devices = requireDevices();
  if (!canShareScreen())
    throw new StreamError({
      code: 'not_supported',
      message: 'This browser cannot share its screen.',
      advice: 'Use a browser on a computer.',
    });
  try {
    return await devices.getDisplayMedia({ video: { frameRate: { ideal: frameRate } }, audio });
  } catch (cause) {
    throw deviceError('screen', cause);
  }
}

/** Lets go of the devices behind a stream. */
export function stopStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

async function open(what: DeviceName, constraints: MediaStreamConstraints): Promise<MediaStream> {
  const devices = requireDevices();
  try {
    return await devices.getUserMedia(constraints);
  } catch (cause) {
    throw deviceError(what, cause);
  }
}

function cameraConstraints({
  cameraId,
  facingMode,
  width = 1280,
  height = 720,
  frameRate = 30,
}: CameraOptions): MediaTrackConstraints {
  return {
    width: { ideal: width },
    height: { ideal: height },
    frameRate: { ideal: frameRate },
    ...(cameraId !== undefined && { deviceId: { exact: cameraId } }),
    ...(facingMode !== undefined && { facingMode: { ideal: facingMode } }),
  };
}

function microphoneConstraints({ microphoneId, music = false }: MicrophoneOptions): MediaTrackConstraints {
  return {
    echoCancellation: !music,
    noiseSuppression: !music,
    autoGainControl: !music,
    ...(music && { channelCount: { ideal: 2 } }),
    ...(microphoneId !== undefined && { deviceId: { exact: microphoneId } }),
  };
}
