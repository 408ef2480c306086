import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canShareScreen, listDevices, openCamera, openMicrophone, openScreen, watchDevices } from './devices.ts';
import { StreamError } from './stream-error.ts';

const device = (kind: string, deviceId: string) => ({ kind, deviceId, label: `${deviceId} label` });

class MediaDevices extends EventTarget {
  found = [device('videoinput', 'c1'), device('audioinput', 'm1'), device('audiooutput', 's1')];
  enumerateDevices = async () => this.found;
  getUserMedia = vi.fn(async (constraints: object) => constraints);
  getDisplayMedia = vi.fn(async (constraints: object) => constraints);
}

let devices: MediaDevices;

beforeEach(() => {
  devices = new MediaDevices();
  vi.stubGlobal('navigator', { mediaDevices: devices });
  vi.stubGlobal('isSecureContext', true);
});

afterEach(() => vi.unstubAllGlobals());

const codeOf = (opening: Promise<unknown>) =>
  opening.then(
    () => 'none',
    (error: unknown) => (error instanceof StreamError && error.advice !== '' ? error.code : error),
  );

describe('the list of devices', () => {
  it('has cameras and microphones, each with its label', async () => {
    expect(await listDevices()).toEqual({
      cameras: [{ id: 'c1', label: 'c1 label' }],
      microphones: [{ id: 'm1', label: 'm1 label' }],
    });
  });

  it('is told at once and at every change, until nobody listens', async () => {
    const told: string[] = [];
    const stop = watchDevices(({ cameras }) => told.push(cameras.map(({ id }) => id).join()));
    await vi.waitFor(() => expect(told).toEqual(['c1']));
    devices.found.push(device('videoinput', 'c2'));
    devices.dispatchEvent(new Event('devicechange'));
    await vi.waitFor(() => expect(told).toEqual(['c1', 'c1,c2']));
    devices.dispatchEvent(new Event('devicechange'));
    stop();
    devices.dispatchEvent(new Event('devicechange'));
    await listDevices();
    expect(told).toHaveLength(2);
  });
});

describe('opening', () => {
  it('asks a camera for 720p at 30 frames, and for the devices that were chosen', async () => {
    await openCamera({ cameraId: 'c1', microphoneId: 'm1' });
    expect(devices.getUserMedia.mock.calls[0]?.[0]).toMatchObject({
      video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, deviceId: { exact: 'c1' } },
      audio: { echoCancellation: true, deviceId: { exact: 'm1' } },
    });
  });

  it('opens a camera alone where there is no microphone, but not where that one was chosen', async () => {
    const notFound = new DOMException('None.', 'NotFoundError');
    devices.getUserMedia.mockRejectedValueOnce(notFound);
    expect(Object.keys(await openCamera())).toEqual(['video']);
    devices.getUserMedia.mockRejectedValueOnce(notFound);
    expect(await codeOf(openCamera({ microphoneId: 'gone' }))).toBe('device_not_found');
  });

  it('leaves music as it is', async () => {
    await openMicrophone({ music: true });
    expect(devices.getUserMedia.mock.calls[0]?.[0]).toEqual({
      audio: {
        ...{ echoCancellation: false, noiseSuppression: false, autoGainControl: false },
        channelCount: { ideal: 2 },
      },
    });
  });

  it.each([
    ['NotAllowedError', 'permission_denied'],
    ['SecurityError', 'permission_denied'],
    ['NotReadableError', 'device_in_use'],
    ['OverconstrainedError', 'device_unsuitable'],
    ['AbortError', 'device_failed'],
  ])('says of a %s that it is %s, and keeps the cause', async (name, code) => {
    const cause = new DOMException('No.', name);
    devices.getUserMedia.mockRejectedValue(cause);
    expect(await codeOf(openMicrophone())).toBe(code);
    await expect(openMicrophone()).rejects.toMatchObject({ cause });
  });

  it('tells a screen that nobody chose from a camera that is not allowed', async () => {
    devices.getDisplayMedia.mockRejectedValue(new DOMException('No.', 'NotAllowedError'));
    expect(await codeOf(openScreen())).toBe('screen_not_chosen');
  });

  it('says where a browser cannot, and where it would on another address', async () => {
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: () => {} } });
    expect([canShareScreen(), await codeOf(openScreen())]).toEqual([false, 'not_supported']);
    vi.stubGlobal('navigator', {});
    expect(await codeOf(openCamera())).toBe('not_supported');
    vi.stubGlobal('isSecureContext', false);
    expect([canShareScreen(), await codeOf(openScreen())]).toEqual([true, 'insecure_context']);
  });
});
