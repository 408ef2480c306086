import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Poll, poll } from './poll.ts';

class Page extends EventTarget {
  hidden = false;

  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: Page;
let running: Poll | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  page = new Page();
  vi.stubGlobal('document', page);
});
afterEach(() => {
  running?.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks at once and at its interval, not at all while the page is hidden, and at once when it is shown', async () => {
  const task = vi.fn(async () => {});
  running = poll(1000, task);
  await vi.advanceTimersByTimeAsync(2500);
  expect(task).toHaveBeenCalledTimes(3);
  page.turn(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(task).toHaveBeenCalledTimes(3);
  page.turn(false);
  expect(task).toHaveBeenCalledTimes(4);
  await vi.advanceTimersByTimeAsync(1000);
  expect(task).toHaveBeenCalledTimes(5);
  running.stop();
  page.turn(false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(task).toHaveBeenCalledTimes(5);
});

it('asks once more where it was told to while it asked, and never two at a time', async () => {
  const answers: (() => void)[] = [];
  const task = vi.fn(() => new Promise<void>((resolve) => answers.push(resolve)));
  running = poll(1000, task);
  for (let count = 0; count < 3; count += 1) running.now();
  await vi.advanceTimersByTimeAsync(5000);
  expect(task).toHaveBeenCalledTimes(1);
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(task).toHaveBeenCalledTimes(2);
});
