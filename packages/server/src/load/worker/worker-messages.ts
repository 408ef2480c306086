import type { HostCounts } from '../client/host.ts';
import type { Plan, PlannedViewer } from '../plan.ts';
import type { SessionRecord } from '../report/session-record.ts';
import type { GeneratorHealth } from './generator-health.ts';

/** What the run tells its processes; each is answered once. */
export type WorkerCommand =
  | { readonly type: 'publish'; readonly plan: Plan; readonly rooms: readonly string[]; readonly seed: number }
  | { readonly type: 'join'; readonly plan: Plan; readonly viewers: readonly PlannedViewer[]; readonly seed: number }
  | { readonly type: 'progress' }
  /** The figures begin here. */
  | { readonly type: 'startCounting' }
  /**
   * The figures end here, and nobody comes or goes any more. Hosts go on: whether the last packets are missing shows by
   * those behind them.
   */
  | { readonly type: 'stopCounting' }
  | { readonly type: 'finish'; readonly hostPackets: readonly (readonly [room: string, packets: number])[] };

export interface Progress {
  readonly connected: number;
  readonly joining: number;
  readonly failed: number;
  readonly packets: number;
}

export interface HostRecord extends HostCounts {
  readonly room: string;
  /** Why it could not publish. */
  readonly error: string | undefined;
  readonly message: string | undefined;
}

export interface WorkerResult {
  readonly sessions: readonly SessionRecord[];
  readonly hosts: readonly HostRecord[];
  readonly delays: [bucket: number, count: number][];
  readonly messages: readonly string[];
  readonly health: GeneratorHealth;
}

export type WorkerReply =
  | { readonly type: 'published'; readonly hosts: readonly HostRecord[] }
  | { readonly type: 'joining' }
  | ({ readonly type: 'progress' } & Progress)
  | { readonly type: 'counting' }
  | { readonly type: 'counted'; readonly hosts: readonly HostRecord[] }
  | ({ readonly type: 'result' } & WorkerResult)
  | { readonly type: 'broken'; readonly message: string };
