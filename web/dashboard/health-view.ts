import type { Health, Readiness } from '@bitbasel/protocol';
import { pageElement } from '../page-element.ts';
import { readAge, readBytes, readCount, readMs, showFigures, showTexts } from './figures.ts';
import { KeyedTable } from './keyed-table.ts';
import type { Sample } from './prometheus.ts';

export type MetricSamples = ReadonlyMap<string, readonly Sample[]>;

/** How the process is. */
export class HealthView {
  readonly #figures = pageElement('health-figures', HTMLDListElement);
  readonly #faults = pageElement('faults', HTMLUListElement);
  readonly #webhooksPart = pageElement('webhooks-part', HTMLElement);
  readonly #webhooks: KeyedTable<Webhook>;

  constructor() {
    this.#webhooks = new KeyedTable<Webhook>(pageElement('webhooks', HTMLTableElement), ({ endpoint }) => endpoint, [
      { title: 'Endpoint', text: ({ endpoint }) => `${Number(endpoint) + 1}` },
      { title: 'Delivered', kind: 'number', text: ({ delivered }) => readCount(delivered) },
      { title: 'Failed tries', kind: 'number', text: ({ failed }) => readCount(failed) },
      { title: 'Given up', kind: 'number', text: ({ dropped }) => readCount(dropped) },
      { title: 'Waiting', kind: 'number', text: ({ waiting }) => readCount(waiting) },
      { title: 'Oldest', kind: 'number', text: ({ oldest }) => (oldest === null ? '–' : readAge(oldest)) },
    ]);
  }

  /** Metrics are undefined where the server does not give them to this token, or to nobody. */
  show(health: Health, readiness: Readiness, metrics: MetricSamples | undefined, nowMs: number): void {
    const one = (name: string) => metrics?.get(name)?.[0]?.value ?? null;
    const inMs = (name: string) => {
      const seconds = one(name);
      return readMs(seconds === null ? null : seconds * 1000);
    };
    const inBytes = (name: string) => {
      const bytes = one(name);
      return bytes === null ? '–' : readBytes(bytes);
    };
    const startedAt = one('process_start_time_seconds');
    showFigures(this.#figures, [
      ['Live', health.status === 'healthy' ? 'yes' : health.status],
      ['Ready', readiness.status === 'ready' ? 'yes' : 'no'],
      [
        'New sessions',
        readiness.checks.accepting?.ok === false ? (readiness.checks.accepting.detail ?? 'no') : 'taken',
      ],
      ['Version', health.version],
      ['Up for', startedAt === null ? '–' : readAge(nowMs / 1000 - startedAt)],
      ['Event loop, median', inMs('nodejs_eventloop_lag_p50_seconds')],
      ['Event loop, 99%', inMs('nodejs_eventloop_lag_p99_seconds')],
      ['Memory', inBytes('process_resident_memory_bytes')],
      ['Heap used', inBytes('nodejs_heap_size_used_bytes')],
      ['WebSockets', readCount(one('bitbasel_websockets'))],
      ['Media connections', readCount(one('bitbasel_transport_connections'))],
      ['History', `${health.history.mode}, ${health.history.status}`],
    ]);
    const faults = Object.entries(readiness.checks).filter(([, { ok }]) => !ok);
    showTexts(
      this.#faults,
      faults.map(([name, { detail }]) => `${name}: ${detail ?? 'not well'}`),
    );
    this.#showWebhooks(metrics);
  }

  #showWebhooks(metrics: MetricSamples | undefined): void {
    const of = (name: string, endpoint: string) =>
      metrics?.get(`bitbasel_webhook_${name}`)?.find(({ labels }) => labels.endpoint === endpoint)?.value ?? null;
    const endpoints = metrics?.get('bitbasel_webhook_events_delivered_total') ?? [];
    const shown = endpoints.map(({ labels: { endpoint = '' }, value }) => ({
      ...{ endpoint, delivered: value, failed: of('attempts_failed_total', endpoint) },
      ...{ dropped: of('events_dropped_total', endpoint), waiting: of('queue_events', endpoint) },
      oldest: of('queue_oldest_seconds', endpoint),
    }));
    this.#webhooksPart.hidden = shown.length === 0;
    this.#webhooks.show(shown);
  }

  close(): void {
    this.#figures.replaceChildren();
    showTexts(this.#faults, []);
    this.#webhooks.show([]);
  }
}

interface Webhook {
  readonly endpoint: string;
  readonly delivered: number;
  readonly failed: number | null;
  readonly dropped: number | null;
  readonly waiting: number | null;
  readonly oldest: number | null;
}
