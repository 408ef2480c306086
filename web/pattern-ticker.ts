/**
 * A worker that does nothing but tick. Browsers slow the timers of a page in the background down to one a second, but
 * not those of its workers.
 */
const framesPerSecond = 30;
const startMs = performance.now();
let frames = 0;

function tick(): void {
  frames += 1;
  postMessage(frames);
  // Against the start, not against the last tick, so that late timers do not add up to a lower rate.
  setTimeout(tick, Math.max(0, startMs + (frames * 1000) / framesPerSecond - performance.now()));
}

tick();
