import type { Health, MediaEvent, Readiness, RoomInfo, ServerStats } from '@bitbasel/protocol';
import { pageElement } from '../page-element.ts';
import { type MediaServerApi, Refusal } from './api.ts';
import { askToConfirm } from './confirm.ts';
import { type EventFeed, followEvents } from './event-feed.ts';
import { Happenings } from './happenings.ts';
import { HealthView, type MetricSamples } from './health-view.ts';
import { PastRooms } from './past-rooms.ts';
import { type Poll, poll } from './poll.ts';
import { parseMetrics } from './prometheus.ts';
import { RoomBook } from './room-book.ts';
import { RoomList } from './room-list.ts';
import { type Kickable, RoomView } from './room-view.ts';
import { ServerTotals } from './server-totals.ts';

const roomsEveryMs = 2_000;
const healthEveryMs = 5_000;
const historyEveryMs = 30_000;

/**
 * Everything behind the gate, kept fresh while the page is shown.
 * @param onRefused when the server does not take the token any more; all is closed by then
 * @returns what closes it and takes away what it showed
 */
export function openBoard(api: MediaServerApi, onRefused: (cause: unknown) => void): () => void {
  const board = new Board(api, onRefused);
  return () => board.close();
}

class Board {
  readonly #api: MediaServerApi;
  readonly #onRefused: (cause: unknown) => void;
  readonly #state = pageElement('state', HTMLElement);
  readonly #problem = pageElement('problem', HTMLElement);
  readonly #notice = pageElement('notice', HTMLElement);
  readonly #book = new RoomBook();
  readonly #totals = new ServerTotals();
  readonly #list = new RoomList((roomId) => void this.#stopRoom(roomId));
  readonly #view = new RoomView((session) => void this.#kick(session));
  readonly #health = new HealthView();
  readonly #happenings = new Happenings();
  readonly #past: PastRooms;
  readonly #polls: readonly [rooms: Poll, health: Poll, history: Poll];
  readonly #onHash = () => this.#choose();
  readonly #onVisible = () => document.hidden && this.#say('Paused while hidden');
  readonly #onOrder = () => this.#show();
  #events: EventFeed | undefined;
  #chosen: string | undefined;
  /** A token for some rooms only is refused what is of the whole server; undefined until that is known. */
  #seesServer: boolean | undefined;
  #hasMetrics = true;
  #isClosed = false;

  constructor(api: MediaServerApi, onRefused: (cause: unknown) => void) {
    this.#api = api;
    this.#onRefused = onRefused;
    this.#past = new PastRooms(api, () => void this.#try(() => this.#past.more()));
    this.#chosen = chosenRoom();
    this.#polls = [
      poll(roomsEveryMs, () => this.#try(() => this.#refreshRooms())),
      poll(healthEveryMs, () => this.#try(() => this.#refreshHealth())),
      poll(historyEveryMs, () => this.#try(async () => this.#seesServer !== false && this.#past.refresh())),
    ];
    addEventListener('hashchange', this.#onHash);
    pageElement('close-room', HTMLButtonElement).onclick = () => {
      location.hash = '';
    };
    document.addEventListener('visibilitychange', this.#onVisible);
    for (const id of ['order', 'filter']) document.getElementById(id)?.addEventListener('input', this.#onOrder);
  }

  /** One failure does not end the next look; a token that is refused ends them all. */
  async #try(task: () => Promise<unknown>): Promise<void> {
    try {
      await task();
      if (this.#isClosed) return;
      this.#say(document.hidden ? 'Paused while hidden' : 'Up to date');
      this.#problem.hidden = true;
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #fail(cause: unknown): void {
    if (this.#isClosed) return;
    if (cause instanceof Refusal && cause.status === 401) {
      this.close();
      this.#onRefused(cause);
      return;
    }
    if (cause instanceof Refusal && cause.status === 403 && this.#seesServer !== true) {
      this.#seesServer = false;
      this.#notice.hidden = false;
      this.#notice.textContent = 'This token is for some rooms only: what is of the whole server is not shown.';
      pageElement('server-figures', HTMLElement).hidden = true;
      return;
    }
    this.#say('Trying again');
    this.#problem.hidden = false;
    this.#problem.textContent = `The server did not answer as it should. Trying again. (${String(cause)})`;
  }

  #say(state: string): void {
    if (this.#state.textContent !== state) this.#state.textContent = state;
  }

  async #refreshRooms(): Promise<void> {
    const { rooms } = await this.#api.get<{ rooms: RoomInfo[] }>('/rooms');
    this.#book.takeRooms(rooms);
    await Promise.all(this.#book.nextToAsk(this.#chosen).map((roomId) => this.#askQuality(roomId)));
    if (this.#isClosed) return;
    this.#show();
    if (this.#seesServer === false) return;
    const stats = await this.#api.get<ServerStats>('/stats');
    this.#seesServer = true;
    if (this.#isClosed) return;
    this.#totals.show(stats, Date.now());
    this.#events ??= followEvents(
      this.#api,
      (event) => this.#take(event),
      (cause) => this.#fail(cause),
    );
  }

  async #askQuality(roomId: string): Promise<void> {
    try {
      this.#book.takeQuality(await this.#api.get(`/rooms/${encodeURIComponent(roomId)}/quality`));
    } catch (cause) {
      // It has ended meanwhile.
      if (!(cause instanceof Refusal && cause.status === 404)) throw cause;
    }
  }

  async #refreshHealth(): Promise<void> {
    const [health, readiness, metrics] = await Promise.all([
      this.#api.get<Health>('/health'),
      this.#api.look<Readiness>('/health/ready'),
      this.#metrics(),
    ]);
    if (!this.#isClosed) this.#health.show(health, readiness, metrics, Date.now());
  }

  async #metrics(): Promise<MetricSamples | undefined> {
    if (!this.#hasMetrics) return undefined;
    try {
      return parseMetrics(await this.#api.text('/metrics'));
    } catch (cause) {
      if (!(cause instanceof Refusal) || ![403, 404].includes(cause.status)) throw cause;
      // Switched off, or not for this token.
      this.#hasMetrics = false;
      return undefined;
    }
  }

  #take(event: MediaEvent): void {
    if (this.#isClosed) return;
    this.#happenings.add(event);
    this.#polls[0].now();
    if (event.type === 'room.ended') this.#polls[2].now();
  }

  #choose(): void {
    this.#chosen = chosenRoom();
    this.#show();
    if (this.#chosen !== undefined) this.#view.focus();
    this.#polls[0].now();
  }

  #show(): void {
    this.#list.show(this.#book.records, this.#chosen);
    const record = this.#chosen === undefined ? undefined : this.#book.record(this.#chosen);
    if (record === undefined) this.#view.hide();
    else this.#view.show(record);
  }

  async #stopRoom(roomId: string): Promise<void> {
    const question = `Stop room ${roomId}? Its hosts and viewers are disconnected.`;
    if (!(await askToConfirm(question, 'Stop the room'))) return;
    await this.#try(() => this.#api.remove(`/rooms/${encodeURIComponent(roomId)}`));
    this.#polls[0].now();
  }

  async #kick({ session_id, user_id }: Kickable): Promise<void> {
    const roomId = this.#chosen;
    if (roomId === undefined) return;
    const question = `Kick ${user_id ?? session_id} out of room ${roomId}? The token that this session came with is refused from then on.`;
    if (!(await askToConfirm(question, 'Kick'))) return;
    const path = `/rooms/${encodeURIComponent(roomId)}/sessions/${encodeURIComponent(session_id)}`;
    await this.#try(() => this.#api.remove(path));
    this.#polls[0].now();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const each of this.#polls) each.stop();
    this.#events?.stop();
    removeEventListener('hashchange', this.#onHash);
    document.removeEventListener('visibilitychange', this.#onVisible);
    for (const id of ['order', 'filter']) document.getElementById(id)?.removeEventListener('input', this.#onOrder);
    this.#list.show([], undefined);
    for (const part of [this.#totals, this.#view, this.#health, this.#happenings, this.#past]) part.close();
    this.#notice.hidden = true;
    this.#say('');
    pageElement('server-figures', HTMLElement).hidden = false;
  }
}

function chosenRoom(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('room') ?? undefined;
}
