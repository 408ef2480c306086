import type { Connection, ConnectionState, Transport } from './transport.ts';

/** A connection of the transport under test, with everything it reported. */
export class Session {
  readonly connection: Connection;
  readonly states: ConnectionState[] = [];
  readonly packets: Buffer[] = [];
  onPacket: (packet: Buffer) => void = () => {};
  readonly #waiting: (() => void)[] = [];

  constructor(transport: Transport) {
    this.connection = transport.createConnection({
      onPacket: (packet) => {
        this.packets.push(packet);
        this.#wake();
        this.onPacket(packet);
      },
      onStateChange: (state) => {
        this.states.push(state);
        this.#wake();
      },
    });
  }

  async reached(state: ConnectionState): Promise<void> {
    await this.#until(() => this.states.includes(state));
  }

  async received(count: number): Promise<void> {
    await this.#until(() => this.packets.length >= count);
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
