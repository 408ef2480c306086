import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { VisibleSize, type VisibleWish, visibleWish } from './visible-size.ts';

it('is in pixels of the screen, of a page that is seen', () => {
  const element = { clientWidth: 320.4, clientHeight: 180 };
  expect(visibleWish(element, 2, false)).toEqual({ visible_width: 641, visible_height: 360 });
  expect(visibleWish(element, 2, true)).toEqual({ paused: true });
  expect(visibleWish({ clientWidth: 0, clientHeight: 0 }, 2, false)).toEqual({});
});

class Page extends EventTarget {
  hidden = false;
  pictureInPictureElement: EventTarget | null = null;
}

class Video extends EventTarget {
  clientWidth = 640;
  clientHeight = 360;
}

let page: Page;
let resized: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  page = new Page();
  vi.stubGlobal('document', page);
  vi.stubGlobal('devicePixelRatio', 1);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe(): void {}
      disconnect(): void {
        resized = () => {};
      }
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('tells of changes once they have settled, of hidden pages, and of none after it was stopped', () => {
  const told: VisibleWish[] = [];
  const video = new Video();
  const size = new VisibleSize(video as unknown as HTMLVideoElement, (wish) => told.push(wish));
  vi.runAllTimers();
  for (video.clientWidth = 600; video.clientWidth > 320; video.clientWidth -= 40) resized();
  video.clientHeight = 180;
  resized();
  vi.runAllTimers();
  resized();
  vi.runAllTimers();
  page.hidden = true;
  page.dispatchEvent(new Event('visibilitychange'));
  vi.runAllTimers();
  page.pictureInPictureElement = video;
  video.dispatchEvent(new Event('enterpictureinpicture'));
  vi.runAllTimers();
  size.stop();
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  vi.runAllTimers();
  expect(told).toEqual([
    { visible_width: 640, visible_height: 360 },
    { visible_width: 320, visible_height: 180 },
    { paused: true },
    {},
  ]);
});
