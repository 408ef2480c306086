import { randomBytes } from 'node:crypto';
import type { WhepEvent, WhepLayerInfo } from '@bitbasel/protocol';
import { AppError } from '../errors.ts';
import type { Room, RoomListener } from '../rooms/room.ts';
import type { Session } from '../rooms/session.ts';
import { EventStream } from './event-stream.ts';

const maxStreamsPerSession = 4;

/** One event stream of a WHEP session: what its room and its session tell, as far as it was asked for. */
class WhepEventStream implements RoomListener {
  readonly stream = new EventStream();
  readonly #wanted: ReadonlySet<WhepEvent>;
  readonly #session: Session;
  readonly #stopListening: () => void;
  readonly #stopObserving: () => void;

  constructor(session: Session, room: Room, wanted: readonly WhepEvent[], onClosed: () => void) {
    this.#wanted = new Set(wanted);
    this.#session = session;
    if (room.isLive) this.onLive();
    this.onViewerCount(room.viewerCount);
    this.onLayers(room.whepLayers());
    this.#stopListening = room.listen(this);
    this.#stopObserving = session.observe({
      onConnected: () => {},
      onLayer: (layer) => this.#send('layer', layer),
      onNotice: (notice) => this.#send('notice', notice),
      onReconnect: (url) => this.#send('reconnect', url === undefined ? {} : { url }),
      onClosed: () => {
        this.close();
        onClosed();
      },
    });
  }

  #send(event: WhepEvent, data: object): void {
    if (this.#wanted.has(event)) this.stream.send(event, data);
  }

  onLive(): void {
    this.#send('active', {});
  }

  onWaiting(): void {
    this.#send('inactive', {});
  }

  onViewerCount(viewercount: number): void {
    this.#send('viewercount', { viewercount });
  }

  onLayers(layers: WhepLayerInfo[]): void {
    const { videoMid } = this.#session;
    if (layers.length > 0 && videoMid !== undefined) this.#send('layers', { [videoMid]: layers });
  }

  onHosts(): void {}

  onActiveSpeaker(): void {}

  onWarnings(): void {}

  onEnded(): void {}

  close(): void {
    this.#stopListening();
    this.#stopObserving();
    this.stream.close();
  }
}

/** The event streams of all WHEP sessions. */
export class WhepEventStreams {
  readonly #bySession = new Map<string, Map<string, WhepEventStream>>();

  /** @returns its id. @throws AppError too_many_event_streams */
  create(session: Session, room: Room, wanted: readonly WhepEvent[]): string {
    const streams = this.#bySession.get(session.id) ?? new Map<string, WhepEventStream>();
    if (streams.size >= maxStreamsPerSession)
      throw new AppError('too_many_event_streams', `A session has at most ${maxStreamsPerSession} event streams.`);
    const id = randomBytes(9).toString('base64url');
    streams.set(id, new WhepEventStream(session, room, wanted, () => this.#bySession.delete(session.id)));
    this.#bySession.set(session.id, streams);
    return id;
  }

  /** @throws AppError session_not_found */
  get(sessionId: string, id: string): EventStream {
    const found = this.#bySession.get(sessionId)?.get(id);
    if (found === undefined) throw new AppError('session_not_found', 'There is no such event stream, or not any more.');
    return found.stream;
  }

  /** @throws AppError session_not_found */
  delete(sessionId: string, id: string): void {
    this.get(sessionId, id);
    this.#bySession.get(sessionId)?.get(id)?.close();
    this.#bySession.get(sessionId)?.delete(id);
  }
}
