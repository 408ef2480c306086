import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../errors.ts';
import { offers, testRooms } from '../test-support/rooms.ts';
import { acceptAnswer, acceptCandidates, answerOffer, makeOffer, roleOfOffer } from './negotiation.ts';
import type { Room, RoomListener } from './room.ts';
import type { Peer, SessionObserver } from './session.ts';

function peer(observer?: SessionObserver): Peer {
  return { kind: 'http', userId: null, ...(observer && { observer }) };
}

function listener() {
  return {
    onLive: vi.fn(),
    onWaiting: vi.fn(),
    onViewerCount: vi.fn(),
    onHosts: vi.fn(),
    onActiveSpeaker: vi.fn(),
    onWarnings: vi.fn(),
    onEnded: vi.fn(),
  } satisfies RoomListener;
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return undefined;
}

/** A server with a room and the means to fill it. */
function stage(settings: object = {}) {
  const server = testRooms(settings);
  const room = server.rooms.create({ roomId: 'a' });
  const join = (role: 'host' | 'viewer', into: Room = room) => {
    const { session } = answerOffer(into, role, offers[role], peer());
    return { session, connection: server.transport.connection };
  };
  const connect = (role: 'host' | 'viewer', into: Room = room) => {
    const joined = join(role, into);
    joined.connection.become('connected');
    return joined;
  };
  return { ...server, room, join, connect };
}

describe('rooms', () => {
  it('gives the same owner the same room, and nobody else', () => {
    const { rooms, room } = stage();
    expect(rooms.create({ roomId: 'a' })).toBe(room);
    expect(codeOf(() => rooms.create({ roomId: 'a', owner: 'bob' }))).toBe('room_exists');
  });

  it('gives a post and host the same room as long as it lives', () => {
    const { rooms } = stage();
    const room = rooms.createForPost('post', 'host');
    expect(room.id).toMatch(/^room_[\w-]{12}$/);
    expect(rooms.createForPost('post', 'host')).toBe(room);
    expect(rooms.createForPost('post', 'other')).not.toBe(room);
    rooms.stop(room.id);
    expect(rooms.createForPost('post', 'host').id).not.toBe(room.id);
  });

  it('takes the media settings of the configuration, overridden by its own', () => {
    const { rooms } = stage({ video: { codec: 'H264' }, rooms: { max_viewers_per_room: 10 } });
    const settings = { video: { max_framerate: 60 }, max_viewers: 20, theme: 'art' };
    expect(rooms.create({ roomId: 'b', settings }).info()).toMatchObject({
      media: { video: { codec: 'H264', target_bitrate_kbps: 1500, max_framerate: 60 } },
      max_viewers: 10,
      settings,
    });
  });

  it('makes no more rooms than rooms.max_rooms', () => {
    const { rooms } = stage({ rooms: { max_rooms: 2 } });
    rooms.create({ roomId: 'b' });
    expect(codeOf(() => rooms.create({ roomId: 'c' }))).toBe('room_limit_reached');
    rooms.stop('b');
    expect(rooms.create({ roomId: 'c' }).id).toBe('c');
  });

  it('creates rooms for hosts only where rooms.create_on_publish allows it', () => {
    expect(stage().rooms.openForHost('new', null).id).toBe('new');
    const { rooms } = stage({ rooms: { create_on_publish: false } });
    expect(codeOf(() => rooms.openForHost('new', null))).toBe('room_not_found');
  });

  it('does not keep a room that was made for an offer that cannot be answered', () => {
    const { rooms } = stage();
    const publish = (id: string) =>
      rooms.use(
        () => rooms.openForHost(id, null),
        (room) => answerOffer(room, 'host', offers.viewer, peer()),
      );
    expect(codeOf(() => publish('new'))).toBe('wrong_direction');
    expect(codeOf(() => rooms.infoOf('new'))).toBe('room_not_found');
    expect(codeOf(() => publish('a'))).toBe('wrong_direction');
    expect(rooms.list().map(({ id }) => id)).toEqual(['a']);
  });

  it('finds the room of a user: a live one first, else the newest', () => {
    const { rooms, connect } = stage();
    const first = rooms.create({ roomId: 'b', owner: 'eve' });
    const second = rooms.create({ roomId: 'c', owner: 'eve' });
    expect(rooms.findByUser('eve')).toBe(second);
    connect('host', first);
    expect(rooms.findByUser('eve')).toBe(first);
    expect(rooms.findByUser('nobody')).toBeUndefined();
  });
});

describe('idle sweep', () => {
  it('removes a room that nobody has been in for rooms.idle_timeout_seconds', () => {
    const { rooms, clock } = stage({ rooms: { idle_timeout_seconds: 60 } });
    clock.advance(59.9);
    rooms.sweep();
    expect(rooms.list()).toHaveLength(1);
    clock.advance(0.1);
    rooms.sweep();
    expect(rooms.list()).toHaveLength(0);
  });

  it('counts from the moment the last one left', () => {
    const { rooms, room, clock, connect } = stage();
    const leave = room.listen(listener());
    const { session } = connect('host');
    clock.advance(1000);
    rooms.sweep();
    session.close('left');
    clock.advance(1000);
    rooms.sweep();
    expect(rooms.find('a')).toBe(room);
    leave();
    clock.advance(299);
    rooms.sweep();
    expect(rooms.find('a')).toBe(room);
    clock.advance(1);
    rooms.sweep();
    expect(rooms.find('a')).toBeUndefined();
  });
});

describe('sessions', () => {
  it('counts hosts and viewers from connected to closed', () => {
    const { rooms, room, join, connect, transport } = stage();
    const host = join('host');
    expect(room.info()).toMatchObject({ is_active: false, has_host: false, live_since: null });
    host.connection.become('connected');
    expect(room.info()).toMatchObject({ is_active: true, has_host: true, live_since: '2026-01-01T00:00:00.000Z' });
    const viewers = [connect('viewer'), connect('viewer')];
    join('viewer');
    expect(room.viewerCount).toBe(2);
    expect(rooms.stats()).toMatchObject({ active_rooms: 1, total_peers: 3, total_viewers: 2, total_hosts: 1 });
    viewers[0]?.connection.become('disconnected');
    viewers[1]?.session.close('left');
    viewers[1]?.session.close('left');
    expect(room.viewerCount).toBe(0);
    host.connection.become('failed');
    expect(rooms.stats()).toMatchObject({ total_rooms: 1, active_rooms: 0, total_peers: 0 });
    expect(transport.openConnections).toBe(1);
  });

  it('keeps the byte totals of closed sessions and stopped rooms', () => {
    const { rooms, connect } = stage();
    const { connection, session } = connect('host');
    connection.receive(Buffer.alloc(100));
    connection.send(Buffer.alloc(30));
    const during = rooms.stats();
    session.close('left');
    rooms.stop('a');
    expect(rooms.stats()).toEqual({ ...during, total_rooms: 0, active_rooms: 0, total_peers: 0, total_hosts: 0 });
    expect(during).toMatchObject({ total_bytes_received: 100, total_bytes_sent: 30 });
  });

  it('lets viewers stay when the host goes, and tells when it comes and goes', () => {
    const { room, connect } = stage();
    const told = listener();
    room.listen(told);
    const host = connect('host');
    connect('viewer');
    host.connection.become('failed');
    expect(told.onLive).toHaveBeenCalledTimes(1);
    expect(told.onWaiting).toHaveBeenCalledTimes(1);
    expect(room.viewerCount).toBe(1);
    expect(codeOf(() => answerOffer(room, 'viewer', offers.viewer, peer()))).toBe('not_live');
    connect('host');
    expect(told.onLive).toHaveBeenCalledTimes(2);
  });

  it('refuses a second host, but not one in place of a host that has not connected', () => {
    const { join, connect, room } = stage();
    const pending = join('host');
    connect('host');
    expect(pending.session.isClosed).toBe(true);
    expect(room.isLive).toBe(true);
    expect(codeOf(() => join('host'))).toBe('host_busy');
  });

  it('lets a host take over from itself: at once if it says so, else when it has been silent; and nobody else', () => {
    const { connect, room, clock, transport } = stage();
    const first = connect('host');
    const viewer = connect('viewer');
    const publish = (claim: object) => answerOffer(room, 'host', offers.host, { ...peer(), ...claim });
    expect(codeOf(() => publish({ userId: 'stranger', takeover: true }))).toBe('host_exists');
    clock.advance(1.9);
    expect(codeOf(() => publish({}))).toBe('host_busy');
    clock.advance(0.1);
    expect(codeOf(() => publish({ userId: 'stranger' }))).toBe('host_exists');
    publish({});
    expect(first.session.isClosed).toBe(true);
    transport.connection.become('connected');
    expect(room.isLive).toBe(true);
    publish({ takeover: true });
    expect(room.isLive).toBe(false);
    expect(viewer.session.isClosed).toBe(false);
    // The late end of the old session is nothing to the new one.
    transport.connection.become('connected');
    first.session.close('left');
    expect(room.isLive).toBe(true);
  });

  it('ends the sessions of viewers who cannot decode what the host comes back with, and says why', () => {
    const { connect, room, transport } = stage();
    const first = connect('host');
    const able = connect('viewer');
    const closed = vi.fn();
    // It offers VP8 alone.
    const vp8Only = offers.viewer.replace(/^(m=video \S+ \S+) .*$/m, '$1 96 97');
    answerOffer(room, 'viewer', vp8Only, peer({ onConnected() {}, onClosed: closed }));
    transport.connection.become('connected');
    first.session.close('left');
    answerOffer(room, 'host', offers.h264Host, peer());
    transport.connection.become('connected');
    expect(closed).toHaveBeenCalledWith('codec_not_supported');
    expect(able.session.isClosed).toBe(false);
    expect(room.viewerCount).toBe(1);
  });

  it('leaves a pending host alone when the offer of another one is no good', () => {
    const { join, room } = stage();
    const pending = join('host');
    expect(codeOf(() => answerOffer(room, 'host', offers.viewer, peer()))).toBe('wrong_direction');
    pending.connection.become('connected');
    expect(room.isLive).toBe(true);
  });

  it('counts pending sessions in the limits', () => {
    const { connect, join } = stage({ rooms: { max_viewers_per_room: 2 } });
    connect('host');
    const { session } = join('viewer');
    join('viewer');
    expect(codeOf(() => join('viewer'))).toBe('room_full');
    session.close('left');
    expect(codeOf(() => join('viewer'))).toBeUndefined();

    const small = stage({ server: { max_connections: 2 } });
    small.connect('host');
    small.join('viewer');
    expect(codeOf(() => small.join('viewer'))).toBe('server_full');
  });

  it('frees everything when a negotiation fails', () => {
    const { rooms, room, transport } = stage();
    expect(codeOf(() => answerOffer(room, 'host', 'v=0', peer()))).toMatch(/malformed_sdp|no_media/);
    const { session } = makeOffer(room, 'host', peer());
    expect(codeOf(() => acceptAnswer(session, 'nonsense'))).toBe('malformed_sdp');
    expect(codeOf(() => rooms.session(session.id))).toBe('session_not_found');
    expect(transport.openConnections).toBe(0);
  });

  it('tells a peer of which nothing has come for some seconds, once, and none whose checks arrive', () => {
    const { rooms, room, clock, transport } = stage({ turn: { urls: ['turn:t.example.org'], secret: 'x'.repeat(16) } });
    const onNotice = vi.fn();
    const join = () =>
      answerOffer(room, 'host', offers.host, peer({ onConnected: () => {}, onClosed: () => {}, onNotice }));
    const tickAfter = (seconds: number) => {
      clock.advance(seconds);
      rooms.tick();
    };
    join();
    tickAfter(3.9);
    expect(onNotice).not.toHaveBeenCalled();
    tickAfter(1);
    tickAfter(1);
    expect(onNotice).toHaveBeenCalledExactlyOnceWith({
      code: 'udp_blocked',
      detail: "Nothing of this peer has reached the server's media port: 127.0.0.1 port 9, UDP.",
      advice: expect.stringContaining('use the TURN servers'),
    });
    join();
    transport.connection.isReached = true;
    tickAfter(5);
    tickAfter(5);
    expect(onNotice).toHaveBeenCalledOnce();
  });

  it('ends what has waited too long', () => {
    const { rooms, room, clock, connect } = stage();
    const closed = vi.fn();
    const observe = () => peer({ onConnected() {}, onClosed: closed });
    const tickAfter = (seconds: number) => {
      clock.advance(seconds);
      rooms.tick();
    };
    answerOffer(room, 'host', offers.host, observe());
    tickAfter(15);
    expect(closed).not.toHaveBeenCalled();
    tickAfter(1);
    expect(closed).toHaveBeenLastCalledWith('connect_timeout');

    makeOffer(room, 'host', observe());
    tickAfter(61);
    expect(closed).toHaveBeenLastCalledWith('answer_timeout');

    const host = connect('host');
    const viewer = connect('viewer');
    tickAfter(9);
    host.connection.receive(Buffer.alloc(20));
    viewer.connection.receive(Buffer.alloc(20));
    tickAfter(9);
    expect(room.isLive).toBe(true);
    tickAfter(2);
    expect(room.isLive).toBe(false);
    tickAfter(4);
    expect(viewer.session.isClosed).toBe(false);
    tickAfter(1);
    expect(viewer.session.isClosed).toBe(true);
  });

  it('tells the viewer count at most twice a second, and the last value in the end', () => {
    const { rooms, room, clock, connect } = stage();
    const told = listener();
    room.listen(told);
    connect('host');
    connect('viewer');
    connect('viewer');
    connect('viewer');
    expect(told.onViewerCount.mock.calls).toEqual([[1]]);
    clock.advance(0.4);
    rooms.tick();
    expect(told.onViewerCount.mock.calls).toEqual([[1]]);
    clock.advance(0.1);
    rooms.tick();
    expect(told.onViewerCount.mock.calls).toEqual([[1], [3]]);
  });

  it('asks for ticks while there are sessions', () => {
    const { rooms, connect, wakes, clock } = stage();
    expect(rooms.tick()).toBe(false);
    const before = wakes();
    const { session } = connect('host');
    expect(wakes()).toBeGreaterThan(before);
    expect(rooms.tick()).toBe(true);
    session.close('left');
    clock.advance(1);
    expect(rooms.tick()).toBe(false);
  });

  it('goes on with the answer to its own offer, once', () => {
    const { room } = stage();
    const { session, sdp } = makeOffer(room, 'host', peer());
    expect(sdp).toContain('a=setup:actpass');
    expect(codeOf(() => acceptAnswer(session, offers.viewer))).toBeDefined();
    expect(codeOf(() => acceptAnswer(session, offers.viewer))).toBe('answer_not_expected');
  });

  it('takes candidates, and refuses an ICE restart', () => {
    const { join } = stage();
    const { session, connection } = join('host');
    const ufrag = connection.remote?.ice.ufrag ?? '';
    const fragment = (name: string) => `a=ice-ufrag:${name}\r\na=ice-pwd:a-password-of-24-letters\r\n`;
    expect(codeOf(() => acceptCandidates(session, fragment(ufrag)))).toBeUndefined();
    expect(codeOf(() => acceptCandidates(session, fragment('other')))).toBe('ice_restart_not_supported');
    expect(codeOf(() => acceptCandidates(session, 'garbage'))).toBe('malformed_candidate_fragment');
  });

  it('tells host from viewer by the direction of the offer', () => {
    expect(roleOfOffer(offers.host)).toBe('host');
    expect(roleOfOffer(offers.viewer)).toBe('viewer');
    expect(roleOfOffer(offers.host.replaceAll('a=sendonly', 'a=sendrecv'))).toBe('host');
  });

  it('ends everything with the room, and with the server', () => {
    const { rooms, room, connect, transport } = stage();
    const told = listener();
    room.listen(told);
    connect('host');
    connect('viewer');
    rooms.stop('a');
    expect(told.onEnded.mock.calls).toEqual([['stopped']]);
    expect(told.onWaiting).not.toHaveBeenCalled();
    expect(transport.openConnections).toBe(0);
    connect('host', rooms.create({ roomId: 'b' }));
    rooms.close();
    expect(transport.openConnections).toBe(0);
    expect(codeOf(() => rooms.create({ roomId: 'c' }))).toBe('shutting_down');
  });

  it('ends a room that breaks, and no other', () => {
    const { rooms, room, connect } = stage();
    const other = rooms.create({ roomId: 'b' });
    connect('host');
    connect('host', other);
    room.router.tick = () => {
      throw new Error('broken');
    };
    rooms.tick();
    expect(rooms.list()).toEqual([other]);
    expect(other.isLive).toBe(true);
  });
});
