import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** How a process of the generator itself did. */
export interface GeneratorHealth {
  /** Beyond the timer's resolution. */
  readonly eventLoopDelayP99Ms: number;
  /** Share of its time that the main thread was busy, 0 to 1. */
  readonly mainThreadBusy: number;
  /** Cores that the process used, all threads: 1 is one core. */
  readonly cpuCores: number;
  /** A process of hosts: how late frames left. */
  readonly frameLatenessP99Ms: number;
}

const resolutionMs = 10;

export class HealthMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  #startMs = 0;
  #cpu = process.cpuUsage();
  #utilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
    this.restart();
  }

  restart(): void {
    this.#delay.reset();
    this.#startMs = performance.now();
    this.#cpu = process.cpuUsage();
    this.#utilization = performance.eventLoopUtilization();
  }

  read(): Omit<GeneratorHealth, 'frameLatenessP99Ms'> {
    const { user, system } = process.cpuUsage(this.#cpu);
    const delayMs = this.#delay.percentile(99) / 1e6;
    return {
      eventLoopDelayP99Ms: Number.isFinite(delayMs) ? Math.max(0, delayMs - resolutionMs) : 0,
      mainThreadBusy: performance.eventLoopUtilization(this.#utilization).utilization,
      cpuCores: (user + system) / 1000 / (performance.now() - this.#startMs),
    };
  }
}
