import { resolve } from 'node:path';
import type { HistoryHealth } from '@bitbasel/protocol';
import type { Revocation } from '../auth/revocations.ts';
import type { Config } from '../config/schema.ts';
import { History, toIdentity } from '../history/history.ts';
import { Journal } from '../history/journal.ts';
import { Numbering } from '../history/numbering.ts';
import { Recorder } from '../history/recorder.ts';
import { type Opened, Store } from '../history/store.ts';
import type { Logger } from '../logger.ts';
import type { Clock } from '../rooms/clock.ts';
import type { LifecycleSink, RoomIdentity } from '../rooms/lifecycle.ts';
import { EventHub } from './event-hub.ts';
import { endpointsFor, WebhookDispatcher } from './webhook-dispatcher.ts';
import { type SendWebhook, webhookSender } from './webhook-request.ts';

export interface HistoryServiceOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: over HTTP. */
  readonly send?: SendWebhook;
}

const checkpointMs = 5000;
const pruneMs = 3_600_000;
const pruneStepMs = 100;
const dayUs = 86_400e6;

/** All that keeps record: the database, what is written to it, and who is told of events once they are in it. */
export class HistoryService {
  readonly events: EventHub;
  readonly history: History;
  readonly webhooks: WebhookDispatcher;
  readonly #options: HistoryServiceOptions;
  readonly #store: Store;
  readonly #opened: Opened;
  readonly #journal: Journal;
  readonly #recorder: Recorder;
  readonly #checkpointTimer: NodeJS.Timeout;
  #pruneTimer: NodeJS.Timeout;

  private constructor(options: HistoryServiceOptions, store: Store, opened: Opened) {
    const { config, clock, logger } = options;
    const { endpoints, give_up_hours, timeout_seconds } = config.webhooks;
    this.#options = options;
    this.#store = store;
    this.#opened = opened;
    this.events = new EventHub(store);
    this.history = new History(store, clock);
    this.#journal = new Journal({
      store,
      logger,
      publish: (events) => {
        this.events.publish(events);
        this.webhooks.add(events);
      },
    });
    this.webhooks = new WebhookDispatcher(endpoints, {
      ...{ store, log: this.#journal, clock, logger, giveUpUs: give_up_hours * 3600e6 },
      send: options.send ?? webhookSender(timeout_seconds * 1000),
      random: Math.random,
    });
    this.#recorder = new Recorder({
      ...{ log: this.#journal, clock, isDurable: opened.mode === 'sqlite' },
      numbering: new Numbering(clock, opened.snapshot.lastNumber),
      endpointsFor: (type) => endpointsFor(endpoints, type),
    });
    this.#checkpointTimer = setInterval(() => this.#recorder.checkpoint(), checkpointMs).unref();
    this.#pruneTimer = setTimeout(() => void this.#prune(), checkpointMs).unref();
  }

  static async open(options: HistoryServiceOptions): Promise<HistoryService> {
    const { mode, path } = options.config.history;
    const { store, opened } = await Store.open(mode === 'memory' ? null : resolve(path));
    const service = new HistoryService(options, store, opened);
    service.#tellOfFault();
    await service.webhooks.resume();
    service.#recorder.restore(opened.snapshot);
    service.#recorder.checkpoint();
    return service;
  }

  #tellOfFault(): void {
    const { fault, setAside } = this.#opened;
    if (fault === undefined) return;
    const consequence =
      setAside === undefined
        ? 'history is kept in memory: rooms will not be there again after a restart'
        : 'history is broken: it was put aside and a new one begun; rooms of before are gone';
    this.#options.logger.error({ fault, setAside }, consequence);
  }

  /** For the rooms to tell what happens. */
  get sink(): LifecycleSink {
    return this.#recorder;
  }

  /** The rooms that had not ended when the server before this one did. */
  get openRooms(): readonly RoomIdentity[] {
    return this.#opened.snapshot.rooms.map(toIdentity);
  }

  /** Whom the server before this one kept out. */
  get revocations(): readonly Revocation[] {
    return this.#opened.snapshot.revocations;
  }

  keepRevocation({ key, untilMs }: Revocation): void {
    this.#journal.append({ type: 'revocation', key, untilMs: Math.ceil(untilMs) });
  }

  /** Resolves when the rooms that have been made and ended, and the kicks, so far are on disk; at once where that fails. */
  settled(): Promise<void> {
    return this.#journal.settled();
  }

  /**
   * Resolves when everything is on disk, and every event has been sent once to who is to be told of it. What an endpoint
   * did not take is not waited for: it is tried again after the next start.
   */
  async flush(): Promise<void> {
    await this.#journal.flush();
    await this.webhooks.idle();
  }

  health(): HistoryHealth {
    const { mode, fault, setAside } = this.#opened;
    const detail = this.#journal.fault ?? (setAside === undefined ? fault : undefined);
    return { mode, status: detail === undefined ? 'ok' : 'failing', ...(detail !== undefined && { detail }) };
  }

  async #prune(): Promise<void> {
    const { clock, config, logger } = this.#options;
    let waitMs = pruneMs;
    try {
      const beforeUs = clock.nowUs() - config.history.keep_days * dayUs;
      if ((await this.#store.ask('prune', { beforeUs })) > 0) waitMs = pruneStepMs;
    } catch (error) {
      logger.error({ err: error }, 'old history cannot be removed');
    }
    this.#pruneTimer = setTimeout(() => void this.#prune(), waitMs).unref();
  }

  /** Writes what is left. Rooms must have been closed before. */
  async close(): Promise<void> {
    clearInterval(this.#checkpointTimer);
    this.#recorder.checkpoint();
    this.webhooks.close();
    await this.#journal.close();
    clearTimeout(this.#pruneTimer);
    this.events.close();
    await this.#store.close();
  }
}
