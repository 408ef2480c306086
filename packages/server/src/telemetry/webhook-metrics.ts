import { Counter, Gauge, type Registry } from 'prom-client';

/** How the deliveries to one endpoint go. */
export interface MeasuredEndpoint {
  readonly delivered: number;
  readonly failed: number;
  readonly dropped: number;
  /** Undefined while it is not known. */
  readonly queue?: { readonly events: number; readonly oldestSeconds: number };
}

const prefix = 'bitbasel_webhook_';
/** Its place in `webhooks.endpoints`, from 0: URLs may hold secrets. */
const labelNames = ['endpoint'] as const;

/** @returns what writes the figures anew, for every scrape */
export function createWebhookMetrics(registry: Registry): (endpoints: readonly MeasuredEndpoint[]) => void {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name: prefix + name, help, labelNames, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: prefix + name, help, labelNames, registers });
  const delivered = counter('events_delivered_total', 'Events that the endpoint has taken');
  const failed = counter('attempts_failed_total', 'Tries to deliver that failed; most are tried again');
  const dropped = counter('events_dropped_total', 'Events that were given up');
  const queued = gauge('queue_events', 'Events that wait, on their way included');
  const oldest = gauge('queue_oldest_seconds', 'Age of the oldest of them; 0 where none waits');
  return (endpoints) => {
    for (const each of [delivered, failed, dropped, queued, oldest]) each.reset();
    for (const [index, figures] of endpoints.entries()) {
      const endpoint = String(index);
      delivered.inc({ endpoint }, figures.delivered);
      failed.inc({ endpoint }, figures.failed);
      dropped.inc({ endpoint }, figures.dropped);
      if (figures.queue === undefined) continue;
      queued.set({ endpoint }, figures.queue.events);
      oldest.set({ endpoint }, figures.queue.oldestSeconds);
    }
  };
}
