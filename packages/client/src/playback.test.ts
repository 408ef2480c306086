import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Playback } from './playback.ts';

/** A video element whose browser has a policy. */
class Video extends EventTarget {
  allows: 'all' | 'muted' | 'nothing' = 'all';
  paused = true;
  ended = false;
  volume = 1;
  #muted = false;

  get muted(): boolean {
    return this.#muted;
  }

  set muted(muted: boolean) {
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.dispatchEvent(new Event('volumechange'));
  }

  async play(): Promise<void> {
    if (this.allows === 'nothing' || (this.allows === 'muted' && !this.#muted)) {
      this.paused = true;
      throw new DOMException('No gesture.', 'NotAllowedError');
    }
    this.paused = false;
    this.ended = false;
  }

  pause(ended = false): void {
    this.paused = true;
    this.ended = ended;
    this.dispatchEvent(new Event('pause'));
  }
}

let page: EventTarget;
let video: Video;
let told: string[];
let playback: Playback;

beforeEach(() => {
  page = new EventTarget();
  vi.stubGlobal('document', page);
  video = new Video();
  told = [];
  playback = new Playback(video as unknown as HTMLVideoElement, {
    onSoundBlocked: (blocked) => told.push(`sound ${blocked}`),
    onPlayBlocked: (blocked) => told.push(`play ${blocked}`),
  });
});

afterEach(() => vi.unstubAllGlobals());

it('plays with sound where it may, and says nothing', async () => {
  await playback.play();
  expect([video.muted, video.paused, playback.soundBlocked, told]).toEqual([false, false, false, []]);
});

it('plays without sound where it may only do that, until it is unmuted', async () => {
  video.allows = 'muted';
  await playback.play();
  expect([video.muted, video.paused, playback.soundBlocked]).toEqual([true, false, true]);
  video.allows = 'all';
  video.volume = 0;
  await playback.unmute();
  expect([video.muted, video.paused, video.volume, playback.soundBlocked]).toEqual([false, false, 1, false]);
  expect(told).toEqual(['sound true', 'sound false']);
});

it('stays without sound where unmuting was no gesture', async () => {
  video.allows = 'muted';
  await playback.play();
  await playback.unmute();
  expect([video.muted, video.paused, playback.soundBlocked]).toEqual([true, false, true]);
});

it("notices that sound was turned on by the element's own controls", async () => {
  video.allows = 'muted';
  await playback.play();
  video.allows = 'all';
  video.muted = false;
  expect([playback.soundBlocked, told]).toEqual([false, ['sound true', 'sound false']]);
});

it('misses no sound that nobody wanted', async () => {
  video.allows = 'muted';
  video.muted = true;
  await playback.play();
  expect([video.paused, playback.soundBlocked]).toEqual([false, false]);
});

it.each(['pointerup', 'touchend', 'keydown'])(
  'starts at the next %s where nothing may play, and only then',
  async (gesture) => {
    video.allows = 'nothing';
    await playback.play();
    expect([video.paused, playback.playBlocked]).toEqual([true, true]);
    page.dispatchEvent(new Event(gesture));
    await vi.waitFor(() => expect(playback.playBlocked).toBe(true));
    video.allows = 'all';
    page.dispatchEvent(new Event(gesture));
    await vi.waitFor(() => expect(playback.playBlocked).toBe(false));
    expect([video.paused, playback.soundBlocked]).toEqual([false, true]);
    video.paused = true;
    page.dispatchEvent(new Event(gesture));
    expect(video.paused).toBe(true);
  },
);

it('lets go of page and element', async () => {
  video.allows = 'nothing';
  await playback.play();
  playback.stop();
  video.allows = 'all';
  page.dispatchEvent(new Event('keydown'));
  video.muted = false;
  expect([video.paused, told]).toEqual([true, ['sound true', 'play true']]);
});

it('goes on when there are tracks again after the stream had ended, but not where the user has paused', async () => {
  await playback.play();
  video.pause(true);
  playback.resume();
  expect(video.paused).toBe(false);
  video.pause();
  playback.resume();
  expect(video.paused).toBe(true);
});
