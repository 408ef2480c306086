import type { MediaEvent } from '@bitbasel/protocol';
import { errorOf, MediaServerError } from './errors.ts';
import { type RetryPolicy, waitMs } from './retry.ts';

/** An event has some hundred bytes. */
const longestLineCharacters = 1024 * 1024;
const passing = new Set([429, 500, 502, 503, 504]);

/** One reader's place in the events, over one connection after another. No clock and no socket. */
export class EventFeed {
  readonly #policy: RetryPolicy;
  #lastEventId: string | undefined;
  #failures = 0;
  #decoder = new TextDecoder();
  #rest = '';
  #data: string[] = [];

  /** Begins after `lastEventId`, or with what happens from now on. */
  constructor(lastEventId: string | undefined, retry: RetryPolicy) {
    this.#lastEventId = lastEventId;
    // It comes back for ever: a reader of events wants no gap, however long the server is away.
    this.#policy = { ...retry, retries: Number.POSITIVE_INFINITY };
  }

  /** For the next connection. */
  headers(): Record<string, string> {
    this.#decoder = new TextDecoder();
    this.#rest = '';
    this.#data = [];
    const resume = this.#lastEventId === undefined ? {} : { 'last-event-id': this.#lastEventId };
    return { accept: 'text/event-stream', ...resume };
  }

  /** @returns the pause before the next connection. @throws MediaServerError where another would not help */
  refused(response: Response, body: string): number {
    const error = errorOf(response, body);
    if (!passing.has(response.status)) throw error;
    return Math.max(this.lost(), error.retryAfterMs ?? 0);
  }

  /** @returns the pause before the next connection */
  lost(): number {
    // Beyond that the pause has long been the longest.
    const pauseMs = waitMs(this.#policy, Math.min(this.#failures, 30), undefined, Math.random());
    this.#failures += 1;
    return pauseMs ?? 0;
  }

  /** Takes what has come. @returns the events that it completes. @throws MediaServerError */
  feed(chunk: Uint8Array): MediaEvent[] {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLineCharacters) throw badEvent('a line without an end');
    return lines.flatMap((line) => this.#take(line.endsWith('\r') ? line.slice(0, -1) : line) ?? []);
  }

  #take(line: string): MediaEvent | undefined {
    if (line.startsWith('data:')) this.#data.push(line.slice('data:'.length).replace(/^ /, ''));
    // The id stands in the data as well, and the event's name too.
    if (line !== '' || this.#data.length === 0) return undefined;
    const text = this.#data.join('\n');
    this.#data = [];
    const event = eventOf(text);
    this.#lastEventId = event.id;
    this.#failures = 0;
    return event;
  }
}

function eventOf(text: string): MediaEvent {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw badEvent('no JSON');
  }
  if (typeof event === 'object' && event !== null && 'id' in event && typeof event.id === 'string')
    return event as MediaEvent;
  throw badEvent('no event');
}

function badEvent(what: string): MediaServerError {
  return new MediaServerError({
    status: 200,
    code: 'bad_answer',
    detail: `GET /events sent ${what}: is it a media server?`,
  });
}
