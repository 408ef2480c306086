/**
 * The server's wall clock as seen from here. The server's time in a pong was read somewhere between ping and pong; taking
 * it for the middle errs by at most half the round trip, so the sample with the shortest round trip wins.
 */
export class ServerClock {
  #offsetMs: number | undefined;
  #roundTripMs = Number.POSITIVE_INFINITY;

  /** Milliseconds to add to this machine's wall clock; undefined until the first pong. */
  get offsetMs(): number | undefined {
    return this.#offsetMs;
  }

  /** All three in milliseconds since 1970: this machine's clock at ping and at pong, the server's between them. */
  addSample(sentMs: number, receivedMs: number, serverMs: number): void {
    const roundTripMs = receivedMs - sentMs;
    if (roundTripMs < 0 || roundTripMs > this.#roundTripMs) return;
    this.#roundTripMs = roundTripMs;
    this.#offsetMs = serverMs - (sentMs + receivedMs) / 2;
  }

  /** The server's time at a local time, both in milliseconds since 1970. */
  at(localMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : localMs + this.#offsetMs;
  }
}
