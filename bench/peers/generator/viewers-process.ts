import { Child } from './child.ts';
import { takeMediaPorts } from './media-ports.ts';
import type { ClientTransport, Negotiated, PacketRange, SdpRole, ViewerCommand, ViewerReply } from './messages.ts';

/** A viewer that is not connected yet, and when it was (`monotonicMs`). */
export interface ViewerHandle {
  readonly remote: ClientTransport;
  connect(negotiated: Negotiated): Promise<{ readonly connectedAtMs: number; readonly pictureAtMs: number }>;
  close(): Promise<void>;
}

export type Counts = Omit<ViewerReply & { type: 'counted' }, 'type'>;

/** The bench's hold on the viewers. */
export class ViewersProcess {
  readonly #child = new Child<ViewerCommand, ViewerReply>('./viewers-child.ts');
  readonly #role: SdpRole;

  constructor(role: SdpRole) {
    this.#role = role;
  }

  get pid(): number {
    return this.#child.pid;
  }

  async create(count: number): Promise<ViewerHandle[]> {
    const ports = await takeMediaPorts(count);
    const { first, remotes } = await this.#child.ask({ type: 'create', ports, role: this.#role }, (reply) =>
      reply.type === 'created' ? reply : undefined,
    );
    return remotes.map((remote, offset) => this.#handle(first + offset, remote));
  }

  #handle(index: number, remote: ClientTransport): ViewerHandle {
    return {
      remote,
      connect: async (negotiated) => {
        const connected = this.#child.next((reply) => this.#outcome(reply, index, 'connected'));
        const picture = this.#child.next((reply) => this.#outcome(reply, index, 'picture'));
        this.#child.send({ type: 'connect', index, negotiated });
        const [connectedAtMs, pictureAtMs] = await Promise.all([connected, picture]);
        return { connectedAtMs, pictureAtMs };
      },
      close: async () => {
        await this.#child.ask({ type: 'close', index }, ({ type }) => type === 'closed' || undefined);
      },
    };
  }

  #outcome(reply: ViewerReply, index: number, type: 'connected' | 'picture'): number | undefined {
    if (reply.type === 'failed' && reply.index === index) throw new Error(`Viewer ${index}: ${reply.reason}`);
    return reply.type === type && reply.index === index ? reply.atMs : undefined;
  }

  async expect(range: PacketRange): Promise<void> {
    await this.#child.ask({ type: 'expect', range }, ({ type }) => type === 'expecting' || undefined);
  }

  async count(): Promise<Counts> {
    return await this.#child.ask({ type: 'count' }, (reply) => (reply.type === 'counted' ? reply : undefined));
  }

  stop(): void {
    this.#child.stop();
  }
}
