import { type Answer, type Call, header, isSuccess, send } from './http.ts';
import { inventedTransport, type OfferOptions, writeOffer } from './offer.ts';
import { Peer } from './peer.ts';
import { sendMedia } from './synthetic-media.ts';

export interface Target {
  readonly whip: string;
  readonly whep?: string | undefined;
  readonly token?: string | undefined;
  /** How long a connection, or media, may take to come. Default 10 s. */
  readonly mediaTimeoutMs?: number;
}

export interface LiveHost {
  readonly peer: Peer;
  readonly answer: Answer;
  readonly session: string;
}

export const sdpType = 'application/sdp';
export const fragmentType = 'application/trickle-ice-sdpfrag';
const mediaTimeoutMs = 10_000;

/** The server under test, and what the running check has opened there. */
export class Context {
  readonly target: Target;
  /** Every answer of the run so far. */
  readonly answers: Answer[] = [];
  readonly #sessions = new Set<string>();
  readonly #endings: (() => void)[] = [];

  constructor(target: Target) {
    this.target = target;
  }

  get whip(): string {
    return this.target.whip;
  }

  get mediaTimeoutMs(): number {
    return this.target.mediaTimeoutMs ?? mediaTimeoutMs;
  }

  /** Sends a request, with the token unless `headers` has an `authorization` of its own ('' for none). */
  async call(method: string, url: string, options: Omit<Call, 'method' | 'url'> = {}): Promise<Answer> {
    const { token } = this.target;
    const given = { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...options.headers };
    const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
    const answer = await send({ ...options, method, url, headers });
    this.answers.push(answer);
    const session = method === 'POST' && isSuccess(answer) ? sessionOf(answer) : undefined;
    if (session !== undefined) this.#sessions.add(session);
    return answer;
  }

  post(url: string, sdp: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('POST', url, { body: sdp, headers: { 'content-type': sdpType, ...headers } });
  }

  /** An offer to publish, of a peer that will not connect. A redirect is followed as the RFC asks: once, by 307. */
  async publish(options: OfferOptions = {}): Promise<Answer> {
    return this.#followed(await this.post(this.whip, writeOffer(inventedTransport(), options)));
  }

  async #followed(answer: Answer): Promise<Answer> {
    const location = header(answer, 'location');
    if (answer.status !== 307 || location === undefined) return answer;
    return this.post(new URL(location, answer.call.url).href, answer.call.body ?? '');
  }

  patch(session: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.call('PATCH', session, { body, headers: { 'content-type': fragmentType, ...headers } });
  }

  end(session: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    this.#sessions.delete(session);
    return this.call('DELETE', session, { headers });
  }

  newPeer(): Peer {
    const peer = new Peer();
    this.#endings.push(() => peer.close());
    return peer;
  }

  /** A host whose connection is up and that sends media. @throws where that does not come about */
  async goLive(options: OfferOptions = {}): Promise<LiveHost> {
    const peer = this.newPeer();
    const answer = await this.#followed(await this.post(this.whip, writeOffer(peer.transport, options)));
    const session = requireSession(answer);
    peer.connect(answer.body);
    await within(peer.connected, this.mediaTimeoutMs, 'ICE and DTLS');
    this.#endings.push(sendMedia(peer));
    return { peer, answer, session };
  }

  /** Ends all that the check has left. */
  async clean(): Promise<void> {
    for (const end of this.#endings.splice(0).reverse()) end();
    for (const session of [...this.#sessions]) await this.end(session).catch(() => {});
  }
}

/** The session's URL; undefined where there is none, or it cannot be read. */
export function sessionOf(answer: Answer): string | undefined {
  const location = header(answer, 'location');
  return location !== undefined && URL.canParse(location, answer.call.url)
    ? new URL(location, answer.call.url).href
    : undefined;
}

/** @throws where the answer is no 201 with a Location */
export function requireSession(answer: Answer): string {
  const session = sessionOf(answer);
  if (answer.status === 201 && session !== undefined) return session;
  throw new Error(`no session to check with: POST was answered ${answer.status}`);
}

export async function within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what}: nothing within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks until it holds, or the time is over. @returns whether it held */
export async function eventually(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
