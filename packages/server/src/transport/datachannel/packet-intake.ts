/** What is taken in may have others wait for so long: timers, HTTP, WebSockets. */
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
 * turn. Where packets keep coming faster than that, those that have waited for a second are dropped, which both sides of
 * congestion control understand.
 */
export class PacketIntake {
  /** Since the start. */
  packetsDropped = 0;
  readonly #turns: Turns;
  #waiting: Waiting[] = [];
  /** NaN between slices. */
  #sliceStartMs = Number.NaN;
  readonly #next = () => this.#nextSlice();

  constructor(turns: Turns = { nowMs: () => performance.now(), defer: (run) => void setImmediate(run) }) {
    this.#turns = turns;
  }

  /** Hands the packet on: at once, or in one of the next slices. Hot path of what comes in. */
  take(receiver: PacketReceiver, packet: Buffer): void {
    const nowMs = this.#turns.nowMs();
    if (Number.isNaN(this.#sliceStartMs)) {
      this.#sliceStartMs = nowMs;
      this.#turns.defer(this.#next);
    }
    if (this.#waiting.length > 0 || nowMs - this.#sliceStartMs > sliceMs)
      this.#waiting.push({ receiver, packet, sinceMs: nowMs });
    else receiver.receive(packet);
  }

  #nextSlice(): void {
    const startMs = this.#turns.nowMs();
    const waiting = this.#waiting;
    let nowMs = startMs;
    let done = 0;
    for (const { receiver, packet, sinceMs } of waiting) {
      if (nowMs - startMs > sliceMs) break;
      done += 1;
      if (nowMs - sinceMs > maxWaitMs) {
        this.packetsDropped += 1;
        continue;
      }
      receiver.receive(packet);
      nowMs = this.#turns.nowMs();
    }
    // What has come in meanwhile waits behind them.
    this.#waiting = waiting.slice(done);
    if (waiting.length === 0) {
      this.#sliceStartMs = Number.NaN;
      return;
    }
    this.#sliceStartMs = nowMs;
    this.#turns.defer(this.#next);
  }
}
