/**
 * A worker that does nothing but tick, so many times a second as it was last told. Browsers slow the timers of a page in
 * the background down to one a second, but not those of its workers.
 */
let timer: ReturnType<typeof setTimeout> | undefined;

addEventListener('message', ({ data: ticksPerSecond }: MessageEvent<number>) => {
  clearTimeout(timer);
  tickEvery(1000 / ticksPerSecond);
});

function tickEvery(intervalMs: number): void {
  const startMs = performance.now();
  let ticks = 0;
  const tick = () => {
    postMessage(null);
    const elapsedMs = performance.now() - startMs;
    // Against the start, not against the last tick, so that late timers do not add up to a lower rate. Those that a busy
    // machine has missed are left out: made up for in a burst, they would keep it busy.
    ticks = Math.max(ticks, Math.floor(elapsedMs / intervalMs)) + 1;
    timer = setTimeout(tick, ticks * intervalMs - elapsedMs);
  };
  tick();
}
