import type { MediaEvent } from '@bitbasel/protocol';
import { MediaServerError } from './errors.ts';
import { EventFeed } from './event-feed.ts';
import { bothSignals, headersOf, type Options } from './options.ts';
import { pause } from './run.ts';

/** The server writes a comment every 15 s: what is silent for longer is a connection that is gone. */
const silenceMs = 40_000;

/** The events over one connection after another, without end. */
export async function* streamEvents(
  baseUrl: string,
  roomId: string | undefined,
  lastEventId: string | undefined,
  options: Options,
): AsyncGenerator<MediaEvent, void, undefined> {
  const url = new URL(`${baseUrl}/events`);
  if (roomId !== undefined) url.searchParams.set('room', roomId);
  const feed = new EventFeed(lastEventId, options.retry);
  for (;;) {
    const pauseMs = yield* oneConnection(url, feed, options);
    await pause(pauseMs, options.signal);
  }
}

/** @returns the pause before the next connection */
async function* oneConnection(
  url: URL,
  feed: EventFeed,
  options: Options,
): AsyncGenerator<MediaEvent, number, undefined> {
  options.signal?.throwIfAborted();
  const headers = { ...feed.headers(), ...(await headersOf(options)) };
  const own = new AbortController();
  const silence = setTimeout(() => own.abort(), silenceMs);
  try {
    const signal = bothSignals(options.signal, own.signal) ?? null;
    const response = await fetch(url, { headers, signal, redirect: 'error' });
    if (!response.ok) return feed.refused(response, await response.text());
    for await (const chunk of response.body ?? []) {
      silence.refresh();
      yield* feed.feed(chunk);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof MediaServerError) throw error;
  } finally {
    clearTimeout(silence);
    // Also where the reader has broken off.
    own.abort();
  }
  return feed.lost();
}
