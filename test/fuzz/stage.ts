import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import type { IceCredentials } from '../../packages/server/src/transport/transport.ts';
import { eventually } from '../support/eventually.ts';
import type { MediaServerProcess } from '../support/media-server.ts';
import { exchangeOffer, publishOffer, watchOffer } from '../support/whip-peer.ts';

/** Stand in inputs for ids that the server makes, so that the same seed gives the same inputs. */
export const placeholders = ['$host', '$viewer', '$stream', '$offered'] as const;
type Placeholder = (typeof placeholders)[number];

const room = 'fuzzed';

/** A room that inputs are about: a host that is live, a viewer with a stream of events, and an offer not answered. */
export class Stage {
  readonly #server: MediaServerProcess;
  readonly #spared: string;
  #host: ClientPeer | undefined;
  #ids: Partial<Record<Placeholder, string>> = {};
  /** The server's, of the viewer's connection: requests signed with them are let in. */
  viewerIce: IceCredentials = { ufrag: '', pwd: '' };

  /** @param spared the room that is no part of it */
  constructor(server: MediaServerProcess, spared: string) {
    this.#server = server;
    this.#spared = spared;
  }

  /** Puts back what inputs have ended. */
  async set(): Promise<void> {
    const { url } = this.#server;
    await this.clear();
    const { host, peer } = await this.#publish().catch(() => this.#publish());
    this.#host = peer;
    const isLive = async () => (await fetch(`${url}/rooms/${room}`)).text();
    await eventually(isLive, (text) => text.includes('"has_host":true'), 'a host on the stage');
    const viewer = await exchangeOffer(`${url}/whep/${room}`, watchOffer(peer.remote));
    this.viewerIce = viewer.local.ice;
    const stream = await fetch(`${viewer.resource}/sse`, { method: 'POST', ...asJson(['viewercount']) });
    const body = asJson({ user_id: 'eve', room_id: `${room}-offered` });
    const offered = await this.#server.json<{ session_id: string }>('/livestream/start', { method: 'POST', ...body });
    this.#ids = {
      $host: lastPart(host.resource),
      $viewer: lastPart(viewer.resource),
      $stream: lastPart(stream.headers.get('location') ?? ''),
      $offered: offered.session_id,
    };
  }

  /**
   * May fail by chance: the system gives a port again that a connection had which the server has not given up yet, and
   * packets from there go to that one.
   */
  async #publish() {
    const peer = await createClientPeer();
    const host = await exchangeOffer(`${this.#server.url}/whip/${room}?takeover=true`, publishOffer(peer.remote));
    peer.connect(host.local);
    await peer.connected;
    return { host, peer };
  }

  fillIn(text: string): string {
    return text.replaceAll(/\$(?:host|viewer|stream|offered)/g, (name) => this.#ids[name as Placeholder] ?? name);
  }

  /** Ends every room that inputs have made, but none that is spared. */
  async clear(): Promise<void> {
    this.#host?.close();
    const { rooms } = await this.#server.json<{ rooms: { room_id: string }[] }>('/rooms');
    const made = rooms.filter(({ room_id }) => room_id !== this.#spared);
    for (const { room_id } of made) await fetch(`${this.#server.url}/rooms/${room_id}`, { method: 'DELETE' });
  }
}

function asJson(body: unknown): RequestInit {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const lastPart = (url: string) => url.split('/').at(-1) ?? '';
