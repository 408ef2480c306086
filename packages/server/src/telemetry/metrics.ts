import { collectDefaultMetrics, Registry } from 'prom-client';
import { type Census, takeCensus } from '../rooms/quality/census.ts';
import type { Room } from '../rooms/room.ts';
import type { SessionTotals } from '../rooms/session-totals.ts';
import { createEventMetrics } from './event-metrics.ts';
import { createStateMetrics, type OpenObjects, showOpenObjects } from './state-metrics.ts';
import { createWebhookMetrics, type MeasuredEndpoint } from './webhook-metrics.ts';

/** Where the figures come from: the registry of rooms. */
export interface MeasuredRooms {
  list(): readonly Room[];
  totals(): SessionTotals;
}

export interface MetricsOptions extends OpenObjects {
  readonly perRoom: boolean;
  /** Those of the settings, in their order. */
  webhooks(): Promise<readonly MeasuredEndpoint[]>;
}

/** The server's figures for Prometheus. What is the case is read when asked for; only what happens once is counted. */
export class Metrics {
  readonly events;
  readonly #registry = new Registry();
  readonly #webhooks: () => Promise<readonly MeasuredEndpoint[]>;
  readonly #showWebhooks: (endpoints: readonly MeasuredEndpoint[]) => void;
  readonly #states: readonly ((census: Census, totals: SessionTotals) => void)[];

  constructor({ perRoom, webhooks, ...open }: MetricsOptions) {
    collectDefaultMetrics({ register: this.#registry });
    this.events = createEventMetrics(this.#registry);
    this.#states = createStateMetrics(this.#registry, perRoom);
    this.#webhooks = webhooks;
    this.#showWebhooks = createWebhookMetrics(this.#registry);
    showOpenObjects(this.#registry, open);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text that Prometheus scrapes. */
  async render(rooms: MeasuredRooms): Promise<string> {
    const census = takeCensus(rooms.list());
    const totals = rooms.totals();
    for (const update of this.#states) update(census, totals);
    this.#showWebhooks(await this.#webhooks());
    return this.#registry.metrics();
  }
}
