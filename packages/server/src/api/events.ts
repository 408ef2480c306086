import type { OutgoingHttpHeaders } from 'node:http';
import { eventIdSchema, eventsQuerySchema } from '@bitbasel/protocol';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';
import type { EventHub, EventReader } from '../events/event-hub.ts';
import { idOf, numberOf } from '../history/numbering.ts';
import { validate } from '../validation.ts';
import { inSomeRoom } from './access.ts';

/** A stream costs a socket and no more, but a server is not to be filled with them. */
const largestStreams = 200;
/** What a reader may leave unread; it comes again, and goes on from there. */
const largestBufferedBytes = 1024 * 1024;
/** Short enough that the proxies on the way do not take the stream for idle. */
const heartbeatMs = 15_000;

/** `GET /events`: what happens, as server-sent events (HTML, section 9.2). */
export async function eventRoutes(app: FastifyInstance, { events }: { events: EventHub }): Promise<void> {
  // A HEAD would be a stream too, and one that never says a word.
  app.get('/events', { exposeHeadRoute: false, config: { access: inSomeRoom('manage') } }, async (request, reply) => {
    const { room, last_event_id } = validate(eventsQuerySchema, request.query);
    if (room === undefined) request.access.requireEverywhere(['manage']);
    else request.access.require(['manage'], room);
    const header = request.headers['last-event-id'] || undefined;
    const lastId = header === undefined ? last_event_id : validate(eventIdSchema, header);
    if (events.size >= largestStreams)
      throw new AppError('server_full', `The server takes at most ${largestStreams} streams of events.`, {
        retryAfterSeconds: 10,
      });
    reply.hijack();
    const { raw: stream } = reply;
    // The reply's headers are those of security and of CORS. `x-accel-buffering` is nginx's, which would keep events back.
    stream.writeHead(200, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    stream.write(': hello\n\n');
    const reader: EventReader = {
      write: ({ event, eventType, body }) => {
        stream.write(`id: ${idOf('evt', event)}\nevent: ${eventType}\ndata: ${body}\n\n`);
        return stream.writableLength <= largestBufferedBytes;
      },
      end: () => stream.end(),
    };
    const leave = events.subscribe(reader, room, lastId === undefined ? undefined : numberOf(lastId));
    const heartbeat = setInterval(() => stream.write(': still here\n\n'), heartbeatMs).unref();
    stream.on('error', () => {});
    stream.once('close', () => {
      clearInterval(heartbeat);
      leave();
    });
  });
}
