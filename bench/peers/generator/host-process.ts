import { Child } from './child.ts';
import { takeMediaPorts } from './media-ports.ts';
import type { ClientTransport, HostCommand, HostReply, Negotiated } from './messages.ts';

/** The bench's hold on the host. */
export class HostProcess {
  readonly remote: ClientTransport;
  readonly #child: Child<HostCommand, HostReply>;

  private constructor(child: Child<HostCommand, HostReply>, remote: ClientTransport) {
    this.#child = child;
    this.remote = remote;
  }

  static async start(): Promise<HostProcess> {
    const child = new Child<HostCommand, HostReply>('./host-child.ts');
    const [port = 0] = await takeMediaPorts(1);
    const { remote } = await child.ask({ type: 'create', port }, (reply) =>
      reply.type === 'created' ? reply : undefined,
    );
    return new HostProcess(child, remote);
  }

  async connect(negotiated: Negotiated): Promise<void> {
    await this.#child.ask({ type: 'connect', negotiated }, ({ type }) => type === 'connected' || undefined);
  }

  /** From here on frames go out in real time. */
  async send(): Promise<void> {
    await this.#child.ask({ type: 'send' }, ({ type }) => type === 'sending' || undefined);
  }

  /** The number of the packet that is sent next. */
  async nextNumber(): Promise<number> {
    const { next } = await this.#child.ask({ type: 'number' }, (reply) =>
      reply.type === 'number' ? reply : undefined,
    );
    return next;
  }

  /** Resolves when the packet of this number has been sent. */
  async reach(number: number): Promise<void> {
    await this.#child.ask(
      { type: 'reach', number },
      (reply) => (reply.type === 'reached' && reply.number === number) || undefined,
    );
  }

  stop(): void {
    this.#child.stop();
  }
}
