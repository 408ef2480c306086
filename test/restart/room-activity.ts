import { type ClientPeer, createClientPeer } from '../../packages/server/src/transport/datachannel/client-peer.ts';
import { eventually } from '../support/eventually.ts';
import { exchangeOffer, publishOffer, watchOffer } from '../support/whip-peer.ts';

/** What the server's answers have promised of a room. */
export type Promised = 'creating' | 'there' | 'stopping' | 'stopped';

interface KnownRoom {
  readonly postId: string;
  readonly roomId: string | undefined;
  readonly promised: Promised;
}

const rooms = 50;

/** Fifty backends at work: each makes rooms and stops some; in some of them hosts and viewers come and go. */
export class RoomActivity {
  /** By post. */
  readonly known = new Map<string, KnownRoom>();
  answers = 0;
  readonly #url: string;
  readonly #name: string;
  readonly #peers = new Set<ClientPeer>();
  #stopped = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
  }

  start(): void {
    this.#work = Promise.all(Array.from({ length: rooms }, (_, actor) => this.#act(actor)));
  }

  /** After the server has been killed: every call fails, and all end. */
  async end(): Promise<void> {
    this.#stopped = true;
    // Those that are still connecting would wait for a server that has gone.
    for (const peer of this.#peers) peer.close();
    await this.#work;
    for (const peer of this.#peers) peer.close();
  }

  async #act(actor: number): Promise<void> {
    try {
      for (let turn = 0; !this.#stopped; turn += 1) {
        const postId = `${this.#name}-${actor}-${turn}`;
        const roomId = await this.#create(postId);
        if (actor % 6 === 0) await this.#visit(roomId);
        // The last room of every actor stays, and every third.
        if (turn % 3 !== 0) await this.#stop(postId, roomId);
        if (turn > 6) return;
      }
    } catch {
      // The server was killed while it owed an answer.
    }
  }

  async #create(postId: string): Promise<string> {
    this.known.set(postId, { postId, roomId: undefined, promised: 'creating' });
    const { room_id: roomId } = await this.#post('/room/create', {
      post_id: postId,
      host_user_id: `host of ${postId}`,
    });
    this.known.set(postId, { postId, roomId, promised: 'there' });
    return roomId;
  }

  async #stop(postId: string, roomId: string): Promise<void> {
    this.known.set(postId, { postId, roomId, promised: 'stopping' });
    await this.#post(`/room/${roomId}/stop`, {});
    this.known.set(postId, { postId, roomId, promised: 'stopped' });
  }

  async #visit(roomId: string): Promise<void> {
    const host = await this.#join(`whip/${roomId}`, publishOffer);
    await eventually(
      async () => (await fetch(`${this.#url}/rooms/${roomId}`)).text(),
      (room) => room.includes('"has_host":true'),
      'the host to be live',
    );
    const viewer = await this.#join(`whep/${roomId}`, watchOffer);
    viewer.close();
    host.close();
  }

  async #join(path: string, offer: typeof publishOffer): Promise<ClientPeer> {
    const peer = await createClientPeer();
    this.#peers.add(peer);
    const { local } = await exchangeOffer(`${this.#url}/${path}`, offer(peer.remote));
    peer.connect(local);
    await peer.connected;
    return peer;
  }

  async #post(path: string, body: object): Promise<{ room_id: string }> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(this.#url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    const answer = (await response.json()) as { room_id: string };
    this.answers += 1;
    return answer;
  }
}
