import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MediaServerError } from './errors.ts';
import { EventFeed } from './event-feed.ts';
import { defaultRetry } from './retry.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const newFeed = (lastEventId?: string) => new EventFeed(lastEventId, defaultRetry);
// A line separator of Unicode's is no end of a line here.
const events = Array.from({ length: 20 }, (_, number) => ({
  ...{ id: `evt_${number}`, type: 'room.started', room_id: 'r' },
  data: { owner: `ä\u2028${number}\u0085`, post_id: null },
}));

it.each(['\n', '\r\n'])('events come whole however they are cut (%j)', (newline) => {
  const blocks = events.flatMap((event) => [`id: ${event.id}`, `data: ${JSON.stringify(event)}`, '']);
  const stream = bytes([': hello', '', ...blocks, ': still here', '', ''].join(newline));
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), (places) => {
      const cuts = [0, ...places.sort((a, b) => a - b), stream.length];
      const feed = newFeed();
      const got = cuts.slice(1).flatMap((end, index) => feed.feed(stream.subarray(cuts[index], end)));
      expect(got).toEqual(events);
      expect(feed.headers()).toMatchObject({ 'last-event-id': 'evt_19' });
    }),
  );
});

it('random bytes throw nothing but the own error', () => {
  const piece = fc.oneof(
    fc.constantFrom('data:', '\n', '\n\n', '\r', '{', '{"id":"x"}', '[[', ' ', '1').map(bytes),
    fc.uint8Array({ maxLength: 4 }),
  );
  let refused = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const feed = newFeed();
      try {
        for (const each of pieces) feed.feed(each);
      } catch (error) {
        expect(error).toBeInstanceOf(MediaServerError);
        expect(error).toMatchObject({ code: 'bad_answer' });
        refused += 1;
      }
    }),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(0);
});

it('refuses a line without an end', () => {
  expect(() => newFeed().feed(bytes('x'.repeat(1_100_000)))).toThrow('is it a media server');
});

it('begins where it was told, forgets half an event with its connection, and waits longer each time', () => {
  const feed = newFeed('evt_7');
  expect(feed.headers()).toEqual({ accept: 'text/event-stream', 'last-event-id': 'evt_7' });
  expect(feed.feed(bytes('data: {"id":"ev'))).toEqual([]);
  const pauses = Array.from({ length: 50 }, () => feed.lost());
  expect(Math.max(...pauses)).toBeLessThanOrEqual(defaultRetry.longestWaitMs);
  expect(Math.min(...pauses.slice(10))).toBeGreaterThanOrEqual(defaultRetry.longestWaitMs / 2);
  feed.headers();
  expect(feed.feed(bytes('data: {"id":"evt_8"}\n\n'))).toEqual([{ id: 'evt_8' }]);
  expect(feed.lost()).toBeLessThanOrEqual(defaultRetry.firstWaitMs);
});

it('comes back after what passes, and throws what does not', () => {
  const feed = newFeed();
  const busy = new Response(null, { status: 503, headers: { 'retry-after': '7' } });
  expect(feed.refused(busy, '')).toBe(7000);
  expect(() => feed.refused(new Response(null, { status: 403 }), '{"code":"forbidden"}')).toThrow('403 forbidden');
});
