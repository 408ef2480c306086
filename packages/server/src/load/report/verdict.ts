import type { GeneratorHealth } from '../worker/generator-health.ts';
import type { MachineUse } from './machine.ts';
import type { LoadReport } from './report.ts';

/** What a run has to keep to. */
export interface Bounds {
  /** Share of packets that may be missing after repair. */
  readonly maxLoss: number | undefined;
  /** Of the slowest viewer, from its POST until media can flow. */
  readonly maxConnectMs: number | undefined;
}

/** Above these the generator's own slowness would show in its figures. */
const maxEventLoopDelayMs = 100;
const maxMainThreadBusy = 0.9;
const maxFrameLatenessMs = 30;
const maxCpuBusy = 0.95;

/** Why the figures may be the generator's own fault; empty where they are not. */
export function whatLimitedIt(processes: readonly GeneratorHealth[], machine: MachineUse): string[] {
  const worst = (pick: (health: GeneratorHealth) => number) => Math.max(0, ...processes.map(pick));
  const reasons: string[] = [];
  const delayMs = worst(({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms);
  if (delayMs > maxEventLoopDelayMs) reasons.push(`a process of it was ${delayMs.toFixed(0)} ms behind (p99)`);
  const busy = worst(({ mainThreadBusy }) => mainThreadBusy);
  if (busy > maxMainThreadBusy) reasons.push(`a main thread of it was ${percent(busy)} busy`);
  const lateMs = worst(({ frameLatenessP99Ms }) => frameLatenessP99Ms);
  if (lateMs > maxFrameLatenessMs) reasons.push(`hosts sent frames ${lateMs.toFixed(0)} ms late (p99)`);
  if (machine.cpuBusy > maxCpuBusy)
    reasons.push(
      `this machine's cores were ${percent(machine.cpuBusy)} busy, by the generator and whatever else runs here`,
    );
  return reasons;
}

/** What is out of bounds, in words; empty where all holds. A session that failed never does. */
export function failuresOf(report: LoadReport, { maxLoss, maxConnectMs }: Bounds): string[] {
  const { viewers, hosts, packets, connectMs } = report;
  const failures: string[] = [];
  if (hosts.failed > 0) failures.push(`${hosts.failed} of ${hosts.failed + hosts.published} hosts could not publish`);
  if (viewers.failed > 0) failures.push(`${viewers.failed} of ${viewers.sessions} sessions of viewers failed`);
  if (viewers.planned > 0 && packets.delivered === 0) failures.push('no packet was delivered');
  if (maxLoss !== undefined && packets.lossRatio > maxLoss)
    failures.push(`loss of ${percent(packets.lossRatio)} is above ${percent(maxLoss)}`);
  if (maxConnectMs !== undefined && connectMs.max > maxConnectMs)
    failures.push(`the slowest connection took ${connectMs.max.toFixed(0)} ms, more than ${maxConnectMs}`);
  return failures;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.01 ? 3 : 1)} %`;
}
