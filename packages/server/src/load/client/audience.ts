import { exponential } from '../curves.ts';
import type { HostMedia } from '../media/host-media.ts';
import type { Plan, PlannedViewer } from '../plan.ts';
import { type Random, seededRandom } from '../random.ts';
import { DelayHistogram } from '../report/histogram.ts';
import type { SessionRecord } from '../report/session-record.ts';
import { CallError } from './http-call.ts';
import { Viewer } from './viewer.ts';

/** Messages of errors that are kept as examples. */
const maxMessages = 5;
/** DELETEs at the end of a run, at once. */
const leavesAtOnce = 50;

/** The viewers of one process: they come, stay, and where there is churn go and come again. */
export class Audience {
  readonly delays = new DelayHistogram();
  readonly messages = new Set<string>();
  readonly #plan: Plan;
  readonly #media: Pick<HostMedia, 'codec' | 'profileLevelId'>;
  readonly #random: Random;
  readonly #present = new Set<Viewer>();
  readonly #records: SessionRecord[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #joining = 0;
  #isOver = false;

  constructor(plan: Plan, media: Pick<HostMedia, 'codec' | 'profileLevelId'>, seed: number) {
    this.#plan = plan;
    this.#media = media;
    this.#random = seededRandom(seed);
  }

  start(viewers: readonly PlannedViewer[]): void {
    for (const { room, joinAtMs } of viewers) this.#after(joinAtMs, () => void this.#enter(room));
  }

  /** For a line of progress. */
  progress() {
    let packets = 0;
    for (const { media } of this.#present) packets += media.packetsReceived;
    for (const { packetsReceived } of this.#records) packets += packetsReceived;
    const failed = this.#records.filter(({ error }) => error !== undefined).length;
    return { connected: this.#present.size, joining: this.#joining, failed, packets };
  }

  tick(nowMs: number): void {
    for (const viewer of this.#present) viewer.tick(nowMs);
  }

  startCounting(): void {
    for (const { media } of this.#present) media.startCounting();
  }

  /** Nobody comes or goes any more. */
  stopChurn(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Everyone leaves. @returns a record of every session there was */
  async finish(hostPackets: ReadonlyMap<string, number>, stalledAfterMs: number): Promise<readonly SessionRecord[]> {
    const present = [...this.#present];
    for (const viewer of present) this.#records.push(viewer.record(hostPackets.get(viewer.room), stalledAfterMs));
    for (let from = 0; from < present.length; from += leavesAtOnce) {
      await Promise.all(present.slice(from, from + leavesAtOnce).map((viewer) => this.#leave(viewer)));
    }
    return this.#records;
  }

  async #enter(room: string): Promise<void> {
    const viewer = new Viewer({
      room,
      plan: this.#plan,
      media: this.#media,
      random: this.#random,
      delays: this.delays,
    });
    this.#joining += 1;
    try {
      await viewer.join();
      this.#present.add(viewer);
    } catch (error) {
      this.#note(error);
      this.#records.push(viewer.record());
    } finally {
      this.#joining -= 1;
    }
    const { churn } = this.#plan;
    if (churn === undefined || this.#isOver) return;
    const stayMs = viewer.isConnected ? exponential(churn.meanStaySeconds * 1000, this.#random) : 0;
    this.#after(stayMs, () => void this.#goAndComeBack(viewer, churn.pauseSeconds * 1000));
  }

  async #goAndComeBack(viewer: Viewer, pauseMs: number): Promise<void> {
    if (this.#present.delete(viewer)) this.#records.push(viewer.record());
    await this.#leave(viewer);
    this.#after(pauseMs, () => void this.#enter(viewer.room));
  }

  async #leave(viewer: Viewer): Promise<void> {
    this.#present.delete(viewer);
    await viewer.leave().catch((error: unknown) => this.#note(error));
  }

  #note(error: unknown): void {
    const message = error instanceof CallError ? error.message : String(error);
    if (this.messages.size < maxMessages) this.messages.add(message);
  }

  #after(ms: number, run: () => void): void {
    if (this.#isOver) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}
