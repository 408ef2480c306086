import { once } from 'node:events';
import { SignalRequest, SignalResponse } from '@livekit/protocol';
import { WebSocket } from 'ws';

type Request = NonNullable<NonNullable<ConstructorParameters<typeof SignalRequest>[0]>['message']>;
export type Response = SignalResponse['message'];

const PING_INTERVAL_MS = 5000;

/** One participant's connection of LiveKit's signaling: protobuf over WebSocket. */
export class LiveKitSignal {
  readonly #socket: WebSocket;
  readonly #listeners = new Set<(message: Response) => void>();
  readonly #pings: NodeJS.Timeout;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer) => {
      const { message } = SignalResponse.fromBinary(data);
      for (const listener of this.#listeners) listener(message);
    });
    socket.on('error', () => {});
    this.#pings = setInterval(() => this.send({ case: 'ping', value: BigInt(Date.now()) }), PING_INTERVAL_MS);
    socket.on('close', () => clearInterval(this.#pings));
  }

  static async open(url: string): Promise<LiveKitSignal> {
    const socket = new WebSocket(url);
    const signal = new LiveKitSignal(socket);
    await once(socket, 'open');
    return signal;
  }

  send(message: Request): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(new SignalRequest({ message }).toBinary());
  }

  onMessage(listener: (message: Response) => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves to the first message from now on that `match` takes. */
  next<Matched>(match: (message: Response) => Matched | undefined): Promise<Matched> {
    return new Promise((resolve) => {
      const listener = (message: Response): void => {
        const matched = match(message);
        if (matched === undefined) return;
        this.#listeners.delete(listener);
        resolve(matched);
      };
      this.#listeners.add(listener);
    });
  }

  close(): void {
    this.#socket.close();
  }
}
