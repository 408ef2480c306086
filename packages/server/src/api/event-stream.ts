import type { ServerResponse } from 'node:http';

/** What waits for a client that has not connected, or not again yet; older events are dropped. */
const maxQueued = 64;
/** A client that reads nothing must not fill the server's memory. */
const maxBufferedBytes = 64 * 1024;
/** Short enough that the proxies on the way do not take the connection for idle. */
const heartbeatMs = 15_000;

/** Server-sent events (WHATWG HTML, section 9.2) toward one client, over one connection after another. */
export class EventStream {
  readonly #queued: string[] = [];
  #response: ServerResponse | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  send(event: string, data: object): void {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    if (this.#response !== undefined) {
      this.#write(text);
      return;
    }
    this.#queued.push(text);
    if (this.#queued.length > maxQueued) this.#queued.shift();
  }

  /** Goes on over this connection, in place of the one before it. */
  attach(response: ServerResponse): void {
    this.#detach()?.end();
    this.#response = response;
    response.on('error', () => {});
    response.on('close', () => {
      if (this.#response === response) this.#detach();
    });
    response.write(': connected\n\n');
    for (const text of this.#queued.splice(0)) this.#write(text);
    this.#heartbeat = setInterval(() => this.#write(':\n\n'), heartbeatMs).unref();
  }

  #write(text: string): void {
    this.#response?.write(text);
    if ((this.#response?.writableLength ?? 0) > maxBufferedBytes) this.#detach()?.destroy();
  }

  #detach(): ServerResponse | undefined {
    const response = this.#response;
    this.#response = undefined;
    clearInterval(this.#heartbeat);
    return response;
  }

  /** Idempotent. */
  close(): void {
    this.#queued.length = 0;
    this.#detach()?.end();
  }
}
