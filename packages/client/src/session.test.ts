import type { ClientMessage, RoomInfo, ServerMessage } from '@bitbasel/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Negotiation } from './negotiation.ts';
import { Session, type SessionEnd, type SessionOptions, type SessionState } from './session.ts';
import { StreamError } from './stream-error.ts';

/** The server's end of a socket that the session opened. */
class ServerSocket extends EventTarget {
  static readonly OPEN = 1;
  readonly received: ClientMessage[] = [];
  readyState = 0;
  readonly url: string;

  readonly protocols: string[];

  constructor(url: URL, protocols: string[]) {
    super();
    this.url = url.href;
    this.protocols = protocols;
    sockets.push(this);
  }

  /** What the session does with its socket. */
  send(data: string): void {
    this.received.push(JSON.parse(data));
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event('close'));
  }

  /** What the server does with it. */
  async open(): Promise<void> {
    this.readyState = ServerSocket.OPEN;
    this.dispatchEvent(new Event('open'));
    await vi.advanceTimersByTimeAsync(0);
  }

  async tell(message: ServerMessage): Promise<void> {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
    await vi.advanceTimersByTimeAsync(0);
  }
}

class Peer extends EventTarget {
  connectionState: RTCPeerConnectionState = 'new';
  configuration: RTCConfiguration = {};
  answer: string | undefined;

  constructor() {
    super();
    peers.push(this);
  }

  getConfiguration = () => this.configuration;
  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  async setRemoteDescription({ sdp }: RTCSessionDescriptionInit): Promise<void> {
    if (sdp === 'nonsense') throw new TypeError('Bad answer.');
    this.answer = sdp;
  }

  close(): void {
    this.connectionState = 'closed';
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}

class Page extends EventTarget {
  hidden = false;
}

let sockets: ServerSocket[] = [];
let page: Page;
let browserWindow: EventTarget;
let peers: Peer[] = [];

const last = <Item>(items: Item[]): Item => {
  const item = items.at(-1);
  if (!item) throw new Error('There is none yet.');
  return item;
};

const room: RoomInfo = {
  ...{
    room_id: 'gallery',
    post_id: null,
    owner: null,
    is_active: true,
    has_host: true,
    viewer_count: 2,
    max_viewers: 9,
  },
  ...{ created_at: '2026-01-01T00:00:00Z', live_since: null, warnings: [], settings: {} },
  ...{ hosts: [], max_hosts: 1, active_speaker: null },
  media: {
    video: { codec: 'VP8', target_bitrate_kbps: 1500, max_framerate: 30 },
    audio: { codec: 'Opus', bitrate_kbps: 128, sample_rate: 48000, redundancy: false },
  },
};
const welcome: Extract<ServerMessage, { type: 'welcome' }> = {
  ...{ type: 'welcome', session_id: 's1', role: 'viewer', room, server_time_ms: 0 },
  ice_servers: [{ urls: ['turn:turn.example'], username: 'u', credential: 'c' }],
};

function open(
  role: Negotiation['role'] = 'viewer',
  options: Pick<SessionOptions, 'token' | 'signal' | 'chat' | 'name'> = {},
): { session: Session; states: SessionState[] } {
  const session = new Session(
    'gallery',
    { server: 'https://media.example/base', ...options },
    {
      role,
      join: async () => ({ type: 'join', role, offer: 'client', sdp: 'offer' }),
      onWelcome: async () => undefined,
    },
  );
  const states: SessionState[] = [];
  session.on('state', (state) => states.push(state));
  return { session, states };
}

async function goLive(): Promise<void> {
  await last(sockets).open();
  await last(sockets).tell(welcome);
  await last(sockets).tell({ type: 'answer', session_id: 's1', sdp: 'answer' });
  last(peers).become('connected');
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  peers = [];
  page = new Page();
  browserWindow = new EventTarget();
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', browserWindow);
  vi.stubGlobal('WebSocket', ServerSocket);
  vi.stubGlobal('RTCPeerConnection', Peer);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a session', () => {
  it('joins with its first message and is live once media is connected', async () => {
    const { session, states } = open();
    expect(last(sockets).url).toBe('wss://media.example/base/signal/gallery');
    await goLive();
    expect(last(sockets).received[0]).toEqual({ type: 'join', role: 'viewer', offer: 'client', sdp: 'offer' });
    expect(last(peers).configuration.iceServers).toEqual([
      { urls: ['turn:turn.example'], username: 'u', credential: 'c' },
    ]);
    expect(last(peers).answer).toBe('answer');
    expect(states).toEqual(['live']);
    expect(session.viewerCount).toBe(2);
  });

  it('waits as a viewer while there is no host, and keeps its connection through it', async () => {
    const { states } = open();
    await goLive();
    await last(sockets).tell({ type: 'waiting', room });
    await last(sockets).tell({ type: 'live', room });
    expect(states).toEqual(['live', 'waiting', 'live']);
    expect(peers).toHaveLength(1);
  });

  it('does not wait for itself as a host', async () => {
    const { states } = open('host');
    await last(sockets).open();
    await last(sockets).tell({ type: 'waiting', room });
    last(peers).become('connected');
    expect(states).toEqual(['live']);
  });

  it.each([
    ['its socket closes', () => last(sockets).close()],
    [
      'the server shuts down in good order',
      async () => {
        await last(sockets).tell({ type: 'ended', reason: 'shutdown' });
        last(sockets).close();
      },
    ],
    ['its media fails', () => last(peers).become('failed')],
    [
      'the server says that media failed',
      () => last(sockets).tell({ type: 'connection', state: 'failed', detail: 'UDP?' }),
    ],
    [
      'the server has a passing problem',
      () => last(sockets).tell({ type: 'error', code: 'x', detail: 'y', retryable: true }),
    ],
    ['the server falls silent', () => vi.advanceTimersByTimeAsync(3_000)],
  ])('comes back with a new socket and a new connection when %s', async (_, fail) => {
    const { session, states } = open();
    await goLive();
    const [socket, peer] = [last(sockets), last(peers)];
    await fail();
    expect(states.slice(0, 2)).toEqual(['live', 'reconnecting']);
    expect(session.error?.retryable).toBe(true);
    expect([socket.readyState, peer.connectionState]).toEqual([3, 'closed']);

    await vi.advanceTimersByTimeAsync(250);
    expect(last(sockets)).not.toBe(socket);
    await goLive();
    expect(session.state).toBe('live');
    expect(session.error).toBeUndefined();
    session.close();
  });

  it('waits longer after every failure in a row', async () => {
    const { session } = open();
    for (let failures = 1; failures <= 4; failures++) {
      last(sockets).close();
      await vi.advanceTimersByTimeAsync(250 * 2 ** (failures - 1));
      expect(sockets).toHaveLength(failures + 1);
    }
    last(sockets).close();
    await vi.advanceTimersByTimeAsync(1_999);
    expect(sockets).toHaveLength(5);
    session.close();
  });

  it('goes where it is asked to when it is time, without its resume secret, and lets nothing hurry it', async () => {
    const { session, states } = open('viewer', { token: 'token' });
    await last(sockets).open();
    await last(sockets).tell({ ...welcome, resume_secret: 'resume_1' });
    last(peers).become('connected');
    const url = 'wss://other.example/signal/gallery';
    await last(sockets).tell({ type: 'reconnect', reason: 'draining', retry_after_ms: 500, url });
    await vi.advanceTimersByTimeAsync(499);
    expect(states).toEqual(['live']);
    await vi.advanceTimersByTimeAsync(51);
    expect(sockets[0]?.received.at(-1)).toEqual({ type: 'leave' });
    expect([last(sockets).url, last(sockets).protocols]).toEqual([url, ['bitbasel', 'bitbasel.token.token']]);
    await goLive();
    expect(states).toEqual(['live', 'reconnecting', 'live']);

    await last(sockets).tell({ type: 'reconnect', reason: 'draining', retry_after_ms: 500 });
    last(sockets).close();
    await vi.advanceTimersByTimeAsync(499);
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(51);
    expect(sockets).toHaveLength(3);
    expect(last(sockets).url).toBe(url);
    session.close();
  });

  it('asks for the chat with its join where it is wanted, and outlives an error about it', async () => {
    const { session, states } = open('viewer', { chat: true, name: 'Ann' });
    await goLive();
    expect(last(sockets).received[0]).toMatchObject({ type: 'join', sdp: 'offer', chat: true, name: 'Ann' });
    const sent = session.chat.send('hello');
    const refused = { code: 'chat_muted', detail: 'Muted.', retryable: false, in_reply_to: 'chat', request_id: '1' };
    const outcome = expect(sent).rejects.toMatchObject({ code: 'chat_muted' });
    await last(sockets).tell({ type: 'error', ...refused });
    await outcome;
    expect(states).toEqual(['live']);
    const unanswered = expect(session.chat.send('hello?')).rejects.toMatchObject({ code: 'signaling_lost' });
    last(sockets).close();
    await unanswered;
    expect(states).toEqual(['live', 'reconnecting']);
    session.close();
  });

  it('gives up at a final error, and says which', async () => {
    const { session, states } = open();
    await last(sockets).open();
    await last(sockets).tell({ type: 'error', code: 'room_full', detail: 'Full.', retryable: false, advice: 'Later.' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toEqual(['failed']);
    expect(session.error).toBeInstanceOf(StreamError);
    expect(session.error).toMatchObject({ code: 'room_full', message: 'Full.', advice: 'Later.', retryable: false });
    expect(sockets).toHaveLength(1);
  });

  it('gives up at an answer that the browser refuses', async () => {
    const { session } = open();
    await last(sockets).open();
    await last(sockets).tell({ type: 'answer', session_id: 's1', sdp: 'nonsense' });
    expect(session.state).toBe('failed');
    expect(session.error?.code).toBe('negotiation_failed');
  });

  it('waits for a room that does not exist yet, as a viewer', async () => {
    const { session, states } = open();
    await last(sockets).open();
    await last(sockets).tell({ type: 'error', code: 'room_not_found', detail: 'No room.', retryable: false });
    expect(states).toEqual(['waiting']);
    expect(session.error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(250);
    await goLive();
    expect(session.state).toBe('live');
    session.close();
  });

  it('shows its token, comes back by the resume secret, and by a fresh token where that is refused', async () => {
    let issued = 0;
    const { session } = open('viewer', {
      token: async () => {
        issued += 1;
        return `token-${issued}`;
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(last(sockets).protocols).toEqual(['bitbasel', 'bitbasel.token.token-1']);
    await last(sockets).open();
    await last(sockets).tell({ ...welcome, resume_secret: 'resume_1' });
    last(sockets).close();
    await vi.advanceTimersByTimeAsync(600);
    expect(last(sockets).protocols).toEqual(['bitbasel', 'bitbasel.token.resume_1']);
    const before = sockets.length;
    await last(sockets).open();
    await last(sockets).tell({ type: 'error', code: 'resume_refused', detail: 'Too late.', retryable: false });
    await vi.advanceTimersByTimeAsync(600);
    expect(sockets[before]?.protocols).toEqual(['bitbasel', 'bitbasel.token.token-2']);
    session.close();
  });

  it('offers no subprotocol without a token, and gives up where one is asked for', async () => {
    const { session } = open();
    expect(last(sockets).protocols).toEqual([]);
    await last(sockets).open();
    await last(sockets).tell({ type: 'error', code: 'unauthorized', detail: 'Send a token.', retryable: false });
    expect(session.state).toBe('failed');
  });

  it('ends with its room', async () => {
    const { states } = open();
    await goLive();
    await last(sockets).tell({ type: 'ended', reason: 'stopped' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toEqual(['live', 'ended']);
    expect(sockets).toHaveLength(1);
  });

  it('leaves when it is closed, once, and leaves no timer behind', async () => {
    const { session, states } = open();
    await goLive();
    session.close();
    session.close();
    expect(last(sockets).received.at(-1)).toEqual({ type: 'leave' });
    expect(states).toEqual(['live', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('learns the clock of the server from its pings', async () => {
    const { session } = open();
    await last(sockets).open();
    const ping = last(sockets).received.find((message) => message.type === 'ping');
    vi.advanceTimersByTime(20);
    await last(sockets).tell({ type: 'pong', id: ping?.id ?? 0, server_time_ms: Date.now() - 10 + 5_000 });
    expect(session.clock.offsetMs).toBe(5_000);
    session.close();
  });

  it('names what happens in events of their own, and its end once', async () => {
    const { session } = open();
    const told: string[] = [];
    const ends: SessionEnd[] = [];
    session.on('live', () => told.push('live'));
    session.on('waiting', () => told.push('waiting'));
    session.on('reconnecting', ({ code }) => told.push(code));
    session.on('ended', (end) => ends.push(end));
    await goLive();
    await last(sockets).tell({ type: 'waiting', room });
    last(sockets).close();
    await vi.advanceTimersByTimeAsync(250);
    await last(sockets).open();
    await last(sockets).tell({ type: 'live', room });
    last(peers).become('connected');
    await last(sockets).tell({ type: 'ended', reason: 'idle' });
    session.close();
    expect(told).toEqual(['live', 'waiting', 'signaling_lost', 'live']);
    expect(ends).toEqual([{ reason: 'idle', error: undefined }]);
  });

  it('can be closed by who hears of an error, and does not come back then', async () => {
    const { session, states } = open();
    session.on('error', () => session.close());
    await goLive();
    last(sockets).close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([states, sockets.length, vi.getTimerCount()]).toEqual([['live', 'closed'], 1, 0]);
  });

  it('waits for one token at a time, however slow it is', async () => {
    const tokens: ((token: string) => void)[] = [];
    class Restarting extends Session {
      again(): void {
        this.restart();
      }
    }
    const session = new Restarting(
      'gallery',
      { server: 'https://media.example', token: () => new Promise((resolve) => tokens.push(resolve)) },
      { role: 'host', join: async () => ({ type: 'leave' }), onWelcome: async () => undefined },
    );
    session.again();
    for (const [index, resolve] of tokens.entries()) resolve(`token-${index}`);
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets.map(({ protocols }) => protocols[1])).toEqual(['bitbasel.token.token-1']);
    session.close();
  });

  it('gives the error with its end where it failed', async () => {
    const { session } = open();
    const ends: SessionEnd[] = [];
    session.on('ended', (end) => ends.push(end));
    await last(sockets).open();
    await last(sockets).tell({ type: 'error', code: 'room_full', detail: 'Full.', retryable: false });
    expect(ends).toEqual([{ reason: 'failed', error: session.error }]);
    expect(ends[0]?.error?.code).toBe('room_full');
  });
});

describe('a session with an abort signal', () => {
  it('opens no connection where that is aborted already', () => {
    const { session } = open('viewer', { signal: AbortSignal.abort() });
    expect([session.state, sockets.length, vi.getTimerCount()]).toEqual(['closed', 0, 0]);
    session.close();
  });

  it.each([
    ['while it fetches its token', async () => {}, async () => 'token'],
    ['while it connects', async () => {}, undefined],
    ['while it negotiates', () => last(sockets).open(), undefined],
    ['while it is live', goLive, undefined],
    [
      'while it waits to reconnect',
      async () => {
        await goLive();
        last(sockets).close();
      },
      undefined,
    ],
  ])('closes %s, for good and without a timer', async (_, prepare, token) => {
    const controller = new AbortController();
    const { session } = open('viewer', { signal: controller.signal, ...(token && { token }) });
    await prepare();
    const before = sockets.length;
    controller.abort();
    expect(session.state).toBe('closed');
    await vi.advanceTimersByTimeAsync(60_000);
    expect([sockets.length, vi.getTimerCount()]).toEqual([before, 0]);
    expect(sockets.every(({ readyState }) => readyState === 3)).toBe(true);
  });

  it('does not hold on to the signal when it is over', async () => {
    const controller = new AbortController();
    const { session } = open('viewer', { signal: controller.signal });
    await last(sockets).tell({ type: 'ended', reason: 'stopped' });
    controller.abort();
    expect(session.state).toBe('ended');
  });
});

describe('a session whose network changes', () => {
  it.each([
    ['comes back', () => browserWindow.dispatchEvent(new Event('online'))],
    ['may be another', () => browserWindow.dispatchEvent(new Event('pageshow'))],
    ['may be another, as the page is seen again', () => page.dispatchEvent(new Event('visibilitychange'))],
  ])('tries at once when it %s', async (_, change) => {
    const { session } = open();
    for (let failures = 1; failures <= 5; failures++) {
      last(sockets).close();
      await vi.advanceTimersByTimeAsync(5_000);
    }
    last(sockets).close();
    change();
    expect(sockets).toHaveLength(7);
    change();
    expect(sockets).toHaveLength(7);
    session.close();
  });

  it('finds out within seconds that its socket is dead, and keeps one that answers', async () => {
    const { session } = open();
    await goLive();
    await vi.advanceTimersByTimeAsync(1_000);
    browserWindow.dispatchEvent(new Event('offline'));
    browserWindow.dispatchEvent(new Event('offline'));
    const ping = last(sockets).received.findLast((message) => message.type === 'ping');
    await last(sockets).tell({ type: 'pong', id: ping?.id ?? 0, server_time_ms: 0 });
    await vi.advanceTimersByTimeAsync(2_100);
    expect([session.state, sockets.length]).toEqual(['live', 1]);

    browserWindow.dispatchEvent(new Event('offline'));
    await vi.advanceTimersByTimeAsync(2_100);
    expect(session.state).toBe('reconnecting');
    session.close();
  });

  it('leaves a media path that was lost some seconds to come back', async () => {
    const { session, states } = open();
    await goLive();
    last(peers).become('disconnected');
    await vi.advanceTimersByTimeAsync(900);
    last(peers).become('connected');
    await vi.advanceTimersByTimeAsync(900);
    expect(states).toEqual(['live']);
    last(peers).become('disconnected');
    const answering = async () => {
      const ping = last(sockets).received.findLast((message) => message.type === 'ping');
      await last(sockets).tell({ type: 'pong', id: ping?.id ?? 0, server_time_ms: 0 });
      await vi.advanceTimersByTimeAsync(1_000);
    };
    for (let second = 0; second < 5; second++) await answering();
    expect(session.error?.code).toBe('connection_failed');
    session.close();
  });

  it('bears with a line whose answers take two seconds', async () => {
    const { session } = open();
    await last(sockets).open();
    await vi.advanceTimersByTimeAsync(2_000);
    for (const message of [...last(sockets).received])
      if (message.type === 'ping') await last(sockets).tell({ type: 'pong', id: message.id ?? 0, server_time_ms: 0 });
    await vi.advanceTimersByTimeAsync(4_500);
    expect([session.error, sockets.length]).toEqual([undefined, 1]);
    session.close();
  });

  it('gives up on a server that does not answer at all', async () => {
    const { session } = open();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.error?.code).toBe('signaling_lost');
    session.close();
  });
});
