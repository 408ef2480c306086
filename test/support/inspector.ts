import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Asks a Node process that was started with `--inspect=127.0.0.1:0` about its memory. */
export class Inspector {
  readonly #socket: WebSocket;
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** @param output of the process, in which it tells its inspector's address */
  static async open(output: string): Promise<Inspector> {
    const [url] = /ws:\/\/127\.0\.0\.1:\d+\/\S+/.exec(output) ?? [];
    if (url === undefined) throw new Error(`The process tells no address of an inspector:\n${output}`);
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new Inspector(socket);
  }

  /** Bytes of JavaScript's heap that are in use once all garbage has been collected. */
  async heapInUse(): Promise<number> {
    // What finalizers let go of is garbage only after the first.
    for (let pass = 0; pass < 3; pass += 1) await this.call('HeapProfiler.collectGarbage');
    const { usedSize } = await this.call<{ usedSize: number }>('Runtime.getHeapUsage');
    return usedSize;
  }

  /** The value of an expression in the process's global scope; what it resolves to, where that is a promise. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.call<{ result: { value: T } }>('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    return result.value;
  }

  close(): void {
    this.#socket.terminate();
  }

  /** Any method of the inspector's protocol. */
  call<T>(method: string, params: object = {}): Promise<T> {
    this.#calls += 1;
    const id = this.#calls;
    return new Promise((resolve, reject) => {
      const listen = (data: unknown) => {
        const answer: { id?: number; result?: T; error?: unknown } = JSON.parse(String(data));
        if (answer.id !== id) return;
        this.#socket.off('message', listen);
        if (answer.result === undefined) reject(new Error(JSON.stringify(answer.error)));
        else resolve(answer.result);
      };
      this.#socket.on('message', listen);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
