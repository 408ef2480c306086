import type { WebhookEndpoint } from '../config/sections/webhooks.ts';
import type { StoredEvent } from '../history/records.ts';
import { type WebhookCounters, WebhookEndpointQueue, type WebhookQueueOptions } from './webhook-endpoint-queue.ts';

/** The endpoints that want events of this type: all types, unless they name some. */
export function endpointsFor(endpoints: readonly WebhookEndpoint[], type: string): readonly string[] {
  return endpoints.filter(({ events }) => !events || events.some((name) => name === type)).map(({ url }) => url);
}

/** How the deliveries to one endpoint go: since the start, and what waits now. */
export interface WebhookFigures {
  readonly delivered: number;
  /** Tries that failed. */
  readonly failed: number;
  /** Events that were given up. */
  readonly dropped: number;
  readonly queue?: { readonly events: number; readonly oldestSeconds: number };
}

/** Tells every endpoint of its events. */
export class WebhookDispatcher {
  readonly #endpoints: readonly WebhookEndpoint[];
  readonly #options: WebhookQueueOptions;
  readonly #queues: ReadonlyMap<string, WebhookEndpointQueue>;

  constructor(endpoints: readonly WebhookEndpoint[], options: WebhookQueueOptions) {
    this.#endpoints = endpoints;
    this.#options = options;
    this.#queues = new Map(endpoints.map((endpoint) => [endpoint.url, new WebhookEndpointQueue(endpoint, options)]));
  }

  /** Goes on where the server before this one stopped. Endpoints that are not configured any more are forgotten. */
  async resume(): Promise<void> {
    const { store, logger } = this.#options;
    const dropped = await store.ask('keepEndpoints', { endpoints: [...this.#queues.keys()] });
    if (dropped > 0) logger.warn({ dropped }, 'webhooks dropped, of endpoints that are not configured any more');
    await Promise.all([...this.#queues.values()].map((queue) => queue.resume()));
  }

  add(events: readonly StoredEvent[]): void {
    for (const event of events)
      for (const url of endpointsFor(this.#endpoints, event.eventType)) this.#queues.get(url)?.add(event);
  }

  /** Since the start, and how many rooms have events that wait. */
  dump(): (WebhookCounters & { url: string; waitingRooms: number })[] {
    return [...this.#queues].map(([url, { counters, waitingRooms }]) => ({ url, ...counters, waitingRooms }));
  }

  /** Of every endpoint, in the order of the settings. No queues where the database does not answer. */
  async figures(): Promise<WebhookFigures[]> {
    const { store, clock } = this.#options;
    const queues = await store.ask('queued', {}).catch(() => undefined);
    return [...this.#queues].map(([url, { counters }]) => {
      const { delivered, failed, givenUp } = counters;
      if (queues === undefined) return { delivered, failed, dropped: givenUp };
      const { events = 0, firstEvent } = queues.find(({ endpoint }) => endpoint === url) ?? {};
      // Events are numbered by the microsecond that they were told in.
      const oldestSeconds = firstEvent === undefined ? 0 : Math.max(0, (clock.nowUs() - firstEvent) / 1e6);
      return { delivered, failed, dropped: givenUp, queue: { events, oldestSeconds } };
    });
  }

  /** Resolves when nothing is being sent, or could be now. */
  async idle(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.idle()));
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }
}
