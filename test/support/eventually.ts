/** Beyond the time limit: an answer that comes so late is still told of. */
const answerGraceMs = 5000;

/**
 * Asks again until the answer fits, and gives it back. It bounds how long a test hangs, not how quick the server is:
 * real browsers on a busy machine take the time they take.
 */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  fits: (answer: T) => boolean,
  what: string,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await answerOf(ask, what, deadline - Date.now() + answerGraceMs);
    if (fits(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: still ${JSON.stringify(answer)} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A page that has hung answers never: the test is to say which question that was. */
async function answerOf<T>(ask: () => Promise<T> | T, what: string, timeoutMs: number): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what}: no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([ask(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
