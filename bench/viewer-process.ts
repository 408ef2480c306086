import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LocalTransport, RemoteTransport } from '../packages/server/src/transport/transport.ts';
import type { ViewerCommand, ViewerReply } from './viewer-messages.ts';

/** The bench's hold on the viewers' process. */
export class ViewerProcess {
  readonly remotes: readonly RemoteTransport[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, remotes: readonly RemoteTransport[]) {
    this.#child = child;
    this.remotes = remotes;
    // A listener for every viewer that is waiting to be connected.
    child.setMaxListeners(0);
  }

  /** Starts it before any media port is open: a child inherits the sockets, and would keep the port. */
  static async start(viewerCount: number): Promise<ViewerProcess> {
    const child = fork(fileURLToPath(import.meta.resolve('./viewers.ts')));
    const created = await ask(child, { type: 'create', count: viewerCount }, (reply) =>
      reply.type === 'created' ? reply : undefined,
    );
    return new ViewerProcess(child, created.remotes);
  }

  /** Connects a viewer; resolves when media can flow. */
  async connect(index: number, local: LocalTransport): Promise<void> {
    const outcome = await ask(this.#child, { type: 'connect', index, local }, (reply) =>
      (reply.type === 'connected' || reply.type === 'failed') && reply.index === index ? reply : undefined,
    );
    if (outcome.type === 'failed') throw new Error(`Viewer ${index} did not connect: ${outcome.reason}`);
  }

  /** RTP packets received so far, in the order of `remotes`. */
  async rtpReceived(): Promise<readonly number[]> {
    const counted = await ask(this.#child, { type: 'count' }, (reply) =>
      reply.type === 'counted' ? reply : undefined,
    );
    return counted.rtpReceived;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

/** Sends a command and waits for the reply that `match` takes. */
function ask<Reply extends ViewerReply>(
  child: ChildProcess,
  command: ViewerCommand,
  match: (reply: ViewerReply) => Reply | undefined,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('The viewers ended early'));
    const onMessage = (message: unknown): void => {
      const reply = match(message as ViewerReply);
      if (reply === undefined) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(reply);
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send(command);
  });
}
