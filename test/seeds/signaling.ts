import type { ServerMessage } from '@bitbasel/protocol';
import { expect } from 'vitest';
import { createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { localTransportOf, publishOffer, watchOffer } from '../support/whip-peer.ts';

/** The document lists the messages under the URL; each is sent or received here. */
export async function exchangeMessages(url: string): Promise<void> {
  const broadcaster = await Signaling.open(url);
  const host = await createClientPeer();
  broadcaster.send({ type: 'offer', sdp: publishOffer(host.remote) });
  host.connect(localTransportOf((await broadcaster.next('answer')).sdp));
  await host.connected;
  await broadcaster.next('live');

  const viewer = await Signaling.open(url);
  viewer.send({ type: 'join' });
  expect((await viewer.next('welcome')).role).toBe('viewer');
  const peer = await createClientPeer();
  viewer.send({ type: 'offer', sdp: watchOffer(peer.remote) });
  peer.connect(localTransportOf((await viewer.next('answer')).sdp));
  viewer.send({ type: 'ice-candidate', candidate: 'candidate:1 1 udp 2122260223 127.0.0.1 9 typ host' });
  await peer.connected;
  viewer.send({ type: 'leave' });
  await viewer.next('left');
  expect(viewer.errors).toEqual([]);

  broadcaster.send({ type: 'leave' });
  await broadcaster.next('left');
  expect(broadcaster.errors).toEqual([]);
  host.close();
  peer.close();
}

class Signaling {
  readonly #socket: WebSocket;
  readonly #received: ServerMessage[] = [];
  #changed = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.#received.push(JSON.parse(data));
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
  }

  static async open(url: string): Promise<Signaling> {
    const socket = new WebSocket(url);
    const signaling = new Signaling(socket);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`${url} does not open`)));
    await promise;
    return signaling;
  }

  get errors(): ServerMessage[] {
    return this.#received.filter(({ type }) => type === 'error');
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The first message of a type that was not asked for before. */
  async next<Type extends ServerMessage['type']>(type: Type): Promise<Extract<ServerMessage, { type: Type }>> {
    for (;;) {
      const index = this.#received.findIndex((message) => message.type === type);
      const [message] = index < 0 ? [] : this.#received.splice(index, 1);
      if (message?.type === type) return message as Extract<ServerMessage, { type: Type }>;
      if (this.errors.length > 0) throw new Error(`Waiting for ${type}: ${JSON.stringify(this.errors)}`);
      await this.#changed.promise;
    }
  }
}
