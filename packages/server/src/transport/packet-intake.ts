/** What packets may take of one turn of the event loop, while others wait for theirs: timers, HTTP, WebSockets. */
const sliceMs = 10;
/** As in a router's queue: what waited for longer would only be late, and have what comes after it be late too. */
const maxWaitMs = 1000;

export interface PacketReceiver {
  /** Must not throw. */
  receive(packet: Buffer): void;
}

/** Time in ms, and a way to go on once everything else has had its turn. */
export interface Turns {
  nowMs(): number;
  defer(run: () => void): void;
}

interface Waiting {
  readonly receiver: PacketReceiver;
  readonly packet: Buffer;
  readonly sinceMs: number;
}

/**
 * Shares the one thread between packets and all else. The library calls back for up to a thousand packets in a row, and
 * one of a host's takes milliseconds where hundreds watch: a server with more viewers than its thread can feed would
 * answer no request for many seconds. Here a slice of packets is taken in, in their order, then everything else has its
 * turn; where that takes long, a flood of requests perhaps, packets get as much time as it did. Where more packets come than
 * that, those that have waited for a second are dropped, which both sides of congestion control understand.
 */
export class PacketIntake {
  /** Since the start. */
  packetsDropped = 0;
  readonly #turns: Turns;
  #waiting: Waiting[] = [];
  /** What packets have taken of this turn. */
  #spentMs = 0;
  #isDeferred = false;
  #sliceEndMs = 0;
  readonly #next = () => this.#nextSlice();

  constructor(turns: Turns = { nowMs: () => performance.now(), defer: (run) => void setImmediate(run) }) {
    this.#turns = turns;
  }

  /** Hands the packet on: at once, or in one of the next slices. Hot path of what comes in. */
  take(receiver: PacketReceiver, packet: Buffer): void {
    const nowMs = this.#turns.nowMs();
    if (!this.#isDeferred) this.#openSlice(nowMs);
    if (this.#waiting.length > 0 || this.#spentMs > sliceMs) {
      this.#waiting.push({ receiver, packet, sinceMs: nowMs });
      return;
    }
    receiver.receive(packet);
    this.#spentMs += this.#turns.nowMs() - nowMs;
  }

  #openSlice(nowMs: number): void {
    this.#isDeferred = true;
    this.#sliceEndMs = nowMs;
    this.#turns.defer(this.#next);
  }

  #nextSlice(): void {
    const startMs = this.#turns.nowMs();
    const othersMs = startMs - this.#sliceEndMs - this.#spentMs;
    const mostMs = Math.max(sliceMs, othersMs);
    const waiting = this.#waiting;
    let nowMs = startMs;
    let done = 0;
    for (const { receiver, packet } of waiting) {
      if (nowMs - startMs > mostMs) break;
      done += 1;
      receiver.receive(packet);
      nowMs = this.#turns.nowMs();
    }
    const tooOld = countUntil(waiting, done, nowMs - maxWaitMs);
    this.packetsDropped += tooOld;
    // What has come in meanwhile waits behind them.
    this.#waiting = waiting.slice(done + tooOld);
    this.#spentMs = 0;
    this.#sliceEndMs = nowMs;
    this.#isDeferred = waiting.length > 0;
    if (this.#isDeferred) this.#turns.defer(this.#next);
  }
}

/** Of those from `from` on, which are in the order in which they came. */
function countUntil(waiting: readonly Waiting[], from: number, sinceMs: number): number {
  let count = 0;
  while ((waiting[from + count]?.sinceMs ?? Number.POSITIVE_INFINITY) < sinceMs) count += 1;
  return count;
}
