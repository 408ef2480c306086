/** How long the smallest offset is trusted: long enough to meet a quick packet, short enough to follow clock drift. */
const windowUs = 30_000_000;

/**
 * Maps the host's NTP clock, as its sender reports give it, to the server's clock.
 *
 * Each report says when it left (host clock) and we know when it came (server clock). The smallest difference over a
 * window is the one with the least queueing; it holds the clocks' difference and the one-way delay of the host's line,
 * which cannot be told apart here. One mapping serves all tracks of the host, so audio and video stay in step.
 */
export class HostClock {
  #offsetUs = Number.NaN;
  #nextOffsetUs = Number.NaN;
  #windowEndUs = 0;

  onSenderReport(hostNtpUs: number, nowUs: number): void {
    const offsetUs = nowUs - hostNtpUs;
    if (Number.isNaN(this.#offsetUs)) {
      this.#offsetUs = offsetUs;
      this.#nextOffsetUs = offsetUs;
      this.#windowEndUs = nowUs + windowUs;
      return;
    }
    if (nowUs > this.#windowEndUs) {
      this.#offsetUs = this.#nextOffsetUs;
      this.#nextOffsetUs = offsetUs;
      this.#windowEndUs = nowUs + windowUs;
    }
    this.#offsetUs = Math.min(this.#offsetUs, offsetUs);
    this.#nextOffsetUs = Math.min(this.#nextOffsetUs, offsetUs);
  }

  toServerUs(hostNtpUs: number): number {
    return hostNtpUs + this.#offsetUs;
  }
}
