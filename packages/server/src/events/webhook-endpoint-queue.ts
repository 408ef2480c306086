import type { WebhookEndpoint } from '../config/sections/webhooks.ts';
import type { AnsweringStore } from '../history/history.ts';
import { idOf } from '../history/numbering.ts';
import type { RecordLog } from '../history/recorder.ts';
import type { StoredEvent } from '../history/records.ts';
import type { Logger } from '../logger.ts';
import type { Clock } from '../rooms/clock.ts';
import { webhookDelayMs } from './webhook-back-off.ts';
import { WebhookLane } from './webhook-lane.ts';
import type { SendWebhook } from './webhook-request.ts';

export interface WebhookQueueOptions {
  readonly store: AnsweringStore;
  /** Where deliveries that are done are written down. */
  readonly log: RecordLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly giveUpUs: number;
  readonly send: SendWebhook;
  /** From 0 to 1. */
  random(): number;
}

export interface WebhookCounters {
  delivered: number;
  failed: number;
  givenUp: number;
}

const readAtOnce = 32;
/** Requests under way at a time. */
const largestParallel = 16;

/** What one endpoint is to be told. Rooms do not wait for each other; the events of a room keep their order. */
export class WebhookEndpointQueue {
  readonly counters: WebhookCounters = { delivered: 0, failed: 0, givenUp: 0 };
  readonly #endpoint: WebhookEndpoint;
  readonly #options: WebhookQueueOptions;
  readonly #logger: Logger;
  readonly #lanes = new Map<string, WebhookLane>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #ready: WebhookLane[] = [];
  #underWay = 0;
  #closed = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(endpoint: WebhookEndpoint, options: WebhookQueueOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    // Not its path or query, in which some services put a token.
    this.#logger = options.logger.child({ webhook: new URL(endpoint.url).origin });
  }

  /** Goes on with what the server before this one has not delivered. */
  async resume(): Promise<void> {
    for (const name of await this.#options.store.ask('lanes', { endpoint: this.#endpoint.url }))
      this.#makeReady(this.#lane(name, true));
  }

  /** Rooms with events that wait. */
  get waitingRooms(): number {
    return this.#lanes.size;
  }

  add(event: StoredEvent): void {
    const lane = this.#lane(event.roomId ?? '', false);
    lane.add(event);
    this.#makeReady(lane);
  }

  #lane(name: string, hasMore: boolean): WebhookLane {
    const lane = this.#lanes.get(name) ?? new WebhookLane(name, hasMore);
    this.#lanes.set(name, lane);
    return lane;
  }

  #makeReady(lane: WebhookLane): void {
    if (lane.busy || this.#closed) return;
    lane.busy = true;
    this.#ready.push(lane);
    this.#run();
  }

  #run(): void {
    while (this.#underWay < largestParallel) {
      const lane = this.#ready.shift();
      if (!lane) return;
      this.#underWay += 1;
      void this.#deliverFirst(lane).finally(() => {
        this.#underWay -= 1;
        this.#run();
        if (this.#underWay === 0) this.#idle?.resolve();
      });
    }
  }

  /** Never rejects. */
  async #deliverFirst(lane: WebhookLane): Promise<void> {
    let waitMs = 0;
    try {
      const event = lane.first ?? (await this.#read(lane));
      if (event) waitMs = await this.#deliver(lane, event);
    } catch (error) {
      // The database does not answer: what it holds is looked for later.
      this.#logger.error({ err: error }, 'webhook queue cannot be read');
      lane.failures += 1;
      waitMs = webhookDelayMs(lane.failures, this.#options.random());
    }
    this.#after(lane, waitMs);
  }

  async #read(lane: WebhookLane): Promise<StoredEvent | undefined> {
    const asked = { endpoint: this.#endpoint.url, lane: lane.name, after: lane.last, limit: readAtOnce };
    lane.beginRead();
    try {
      const events = await this.#options.store.ask('undelivered', asked);
      lane.fill(events, events.length === readAtOnce);
    } catch (error) {
      lane.failRead();
      throw error;
    }
    return lane.first;
  }

  /** @returns how long the lane is to wait */
  async #deliver(lane: WebhookLane, event: StoredEvent): Promise<number> {
    const { clock, giveUpUs, random, send } = this.#options;
    const nowUs = clock.nowUs();
    const failure = await send(this.#endpoint, event, clock.wallMs());
    if (failure === undefined) {
      this.counters.delivered += 1;
      this.#done(lane, event);
      return 0;
    }
    this.counters.failed += 1;
    // An event is numbered by the microsecond that it was told in.
    if (nowUs - event.event > giveUpUs) {
      this.counters.givenUp += 1;
      this.#logger.error({ event: idOf('evt', event.event), failure }, 'webhook given up');
      this.#done(lane, event);
      return 0;
    }
    lane.failures += 1;
    if (lane.failures === 1) this.#logger.warn({ room: lane.name, failure }, 'webhook failed; it is tried again');
    return webhookDelayMs(lane.failures, random());
  }

  #done(lane: WebhookLane, { event, roomId }: StoredEvent): void {
    lane.shift();
    this.#options.log.append({ type: 'delivered', endpoint: this.#endpoint.url, roomId, event });
  }

  #after(lane: WebhookLane, waitMs: number): void {
    lane.busy = false;
    if (this.#closed) return;
    if (lane.isEmpty) this.#lanes.delete(lane.name);
    else if (waitMs === 0) this.#makeReady(lane);
    else this.#later(lane, waitMs);
  }

  #later(lane: WebhookLane, waitMs: number): void {
    // Busy, so that a new event does not cut the wait short.
    lane.busy = true;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      lane.busy = false;
      this.#makeReady(lane);
    }, waitMs).unref();
    this.#timers.add(timer);
  }

  /** Resolves when nothing is under way: what is left waits for its next try. */
  async idle(): Promise<void> {
    if (this.#underWay === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
    this.#idle = undefined;
  }

  /** What is not delivered stays in the database. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#ready = [];
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
