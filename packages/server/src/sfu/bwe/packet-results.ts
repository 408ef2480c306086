/** What became of one packet that arrived. */
export interface PacketResult {
  sentUs: number;
  /** On the receiver's clock, unwrapped. */
  arrivalUs: number;
  sizeBytes: number;
  /** 0 for none. */
  probeId: number;
}

/** The packets that one feedback tells of, in the order of their arrival. Reused from feedback to feedback. */
export class PacketResults {
  /** Only the first `count` are of this feedback. */
  readonly #pool: PacketResult[] = [];
  count = 0;
  lost = 0;
  /** When the newest of them was sent; -1 for none. */
  newestSentUs = -1;

  clear(): void {
    this.count = 0;
    this.lost = 0;
    this.newestSentUs = -1;
  }

  /** Puts a packet in its place by arrival: feedback is in the order of sending, which is nearly the same. */
  add(sentUs: number, arrivalUs: number, sizeBytes: number, probeId: number): void {
    const result = this.#take();
    result.sentUs = sentUs;
    result.arrivalUs = arrivalUs;
    result.sizeBytes = sizeBytes;
    result.probeId = probeId;
    if (sentUs > this.newestSentUs) this.newestSentUs = sentUs;
    let at = this.count - 1;
    for (let before = this.#pool[at - 1]; before && before.arrivalUs > arrivalUs; before = this.#pool[at - 1]) {
      this.#pool[at] = before;
      at -= 1;
    }
    this.#pool[at] = result;
  }

  #take(): PacketResult {
    let result = this.#pool[this.count];
    if (result === undefined) {
      result = { sentUs: 0, arrivalUs: 0, sizeBytes: 0, probeId: 0 };
      this.#pool.push(result);
    }
    this.count += 1;
    return result;
  }

  /** The nth to arrive. */
  at(index: number): PacketResult | undefined {
    return index < this.count ? this.#pool[index] : undefined;
  }
}
