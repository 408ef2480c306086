/** What is asked for again and again. */
export interface Poll {
  /** Asks at once, or as soon as the question that is under way is answered. */
  now(): void;
  stop(): void;
}

/** Runs `task` every `intervalMs` from the end of the run before, and not at all while the page is hidden. */
export function poll(intervalMs: number, task: () => Promise<void>): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let state: 'resting' | 'running' | 'asked-again' | 'stopped' = 'resting';

  const run = async () => {
    if (state === 'running') state = 'asked-again';
    if (state !== 'resting' || document.hidden) return;
    clearTimeout(timer);
    state = 'running';
    await task();
    const next = state as 'running' | 'asked-again' | 'stopped';
    if (next === 'stopped') return;
    state = 'resting';
    timer = setTimeout(run, next === 'asked-again' ? 0 : intervalMs);
  };
  const now = () => void run();
  document.addEventListener('visibilitychange', now);
  now();
  return {
    now,
    stop() {
      state = 'stopped';
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', now);
    },
  };
}
