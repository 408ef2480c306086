import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from './call.ts';
import { bothSignals, headersOf, type Options } from './options.ts';
import { Attempts, type Outcome } from './retry.ts';

/** Makes a call until it has succeeded or is given up. */
export async function run<Answer>(call: Call<Answer>, baseUrl: string, options: Options): Promise<Answer> {
  const url = new URL(baseUrl + call.path);
  for (const [name, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const attempts = new Attempts(call, options.retry, baseUrl + call.path);
  for (;;) {
    const outcome = await attempt(call, url, options, attempts);
    if ('answer' in outcome) return outcome.answer;
    await pause(outcome.waitMs, options.signal);
  }
}

async function attempt<Answer>(
  call: Call<Answer>,
  url: URL,
  options: Options,
  attempts: Attempts<Answer>,
): Promise<Outcome<Answer>> {
  const { signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const headers: Record<string, string> = { accept: 'application/json', ...(await headersOf(options)) };
  if (call.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...{ method: call.method, headers, body: call.body === undefined ? null : JSON.stringify(call.body) },
      // The answer's body counts too, and a redirect would carry the token elsewhere.
      ...{ signal: bothSignals(signal, AbortSignal.timeout(timeoutMs)) ?? null, redirect: 'error' },
    });
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    return attempts.failed(cause, timeoutMs);
  }
  return attempts.answered(response, text);
}

/** Rejects with the signal's reason. */
export async function pause(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(waitMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
