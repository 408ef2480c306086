import { describe, expect, it, vi } from 'vitest';
import { SyntheticVp8 } from '../../../../test/support/synthetic-stream.ts';
import { AppError } from '../errors.ts';
import { offers, testRooms } from '../test-support/rooms.ts';
import { answerOffer, makeOffer } from './negotiation.ts';
import type { RoomListener } from './room.ts';

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

function errorOf(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function stage(maxHosts: number) {
  const server = testRooms({ rooms: { max_hosts: maxHosts } });
  const room = server.rooms.create({ roomId: 'a' });
  const offer = (userId: string | null, claim: object = {}) => {
    const { session } = answerOffer(room, 'host', offers.host, { kind: 'http', userId, ...claim });
    return { session, connection: server.transport.connection };
  };
  const publish = (userId: string | null, claim: object = {}) => {
    const host = offer(userId, claim);
    host.connection.become('connected');
    return host;
  };
  const users = () => room.info().hosts.map(({ user_id }) => user_id);
  return { ...server, room, offer, publish, users };
}

describe('several hosts', () => {
  it('are let in up to the limit, one of each user, and the next is told the limit', () => {
    const { publish, users, rooms } = stage(3);
    publish('ann');
    publish('bob');
    publish(null);
    expect(users()).toEqual(['ann', 'bob', null]);
    const refusal = errorOf(() => publish('eve'));
    expect(refusal.code).toBe('host_exists');
    expect(refusal.message).toContain('at most 3 hosts');
    expect(errorOf(() => publish('bob')).code).toBe('host_busy');
    expect(errorOf(() => publish(null)).code).toBe('host_busy');
    expect(rooms.stats()).toMatchObject({ active_rooms: 1, total_peers: 3, total_hosts: 3 });
  });

  it('take the limit of the room before that of the server', () => {
    const { rooms } = stage(1);
    expect(rooms.create({ roomId: 'b', settings: { max_hosts: 4 } }).info().max_hosts).toBe(4);
    const { rooms: others } = stage(4);
    expect(others.create({ roomId: 'b', settings: { max_hosts: 2 } }).info().max_hosts).toBe(2);
  });

  it('keep the room live until the last of them has gone', () => {
    const { room, publish, clock, users } = stage(2);
    const told = listener();
    room.listen(told);
    const ann = publish('ann');
    clock.advance(10);
    const bob = publish('bob');
    expect(room.info()).toMatchObject({ is_active: true, has_host: true, live_since: '2026-01-01T00:00:00.000Z' });
    ann.session.close('left');
    expect(users()).toEqual(['bob']);
    expect(room.info()).toMatchObject({ is_active: true, live_since: '2026-01-01T00:00:00.000Z' });
    expect(room.info().hosts[0]).toMatchObject({ is_main: true, audio: true, video: true });
    bob.session.close('left');
    expect(room.info()).toMatchObject({ is_active: false, has_host: false, live_since: null, hosts: [] });
    expect(told.onLive).toHaveBeenCalledTimes(1);
    expect(told.onWaiting).toHaveBeenCalledTimes(1);
    clock.advance(5);
    publish('bob');
    expect(room.info().live_since).toBe('2026-01-01T00:00:15.000Z');
  });

  it('take over from themselves while the others go on, and stay the main host', () => {
    const { publish, clock, users } = stage(2);
    const ann = publish('ann');
    const bob = publish('bob');
    clock.advance(2);
    const back = publish('ann');
    expect(ann.session.isClosed).toBe(true);
    expect(bob.session.isClosed).toBe(false);
    expect(users()).toEqual(['ann', 'bob']);
    publish('ann', { takeover: true });
    expect(back.session.isClosed).toBe(true);
    // The late end of an old session is nothing to the new one.
    ann.session.close('left');
    expect(users()).toEqual(['ann', 'bob']);
  });

  it('who have not connected give way to one more, the oldest first, and those who have do not', () => {
    const { offer, publish, users } = stage(2);
    const ann = publish('ann');
    const pending = offer('bob');
    const eve = publish('eve');
    expect(pending.session.isClosed).toBe(true);
    expect([ann.session.isClosed, eve.session.isClosed]).toEqual([false, false]);
    expect(users()).toEqual(['ann', 'eve']);
    expect(errorOf(() => offer('bob')).code).toBe('host_exists');
  });

  it('count among the connections of the server', () => {
    const { rooms } = testRooms({ server: { max_connections: 2 }, rooms: { max_hosts: 3 } });
    const room = rooms.create({ roomId: 'a' });
    const offer = (userId: string) => answerOffer(room, 'host', offers.host, { kind: 'http', userId });
    offer('ann');
    offer('bob');
    expect(errorOf(() => offer('eve')).code).toBe('server_full');
  });

  it('are told to those in the room, each time that they change', () => {
    const { room, publish } = stage(2);
    const told = listener();
    room.listen(told);
    const ann = publish('ann');
    publish('bob');
    ann.session.close('left');
    const users = told.onHosts.mock.calls.map(([hosts]) => hosts.map(({ user_id }: { user_id: string }) => user_id));
    expect(users).toEqual([['ann'], ['ann', 'bob'], ['bob']]);
  });

  it('are each warned of their own stream only, and named in the info of the room', () => {
    const { room, publish, clock } = stage(2);
    const told = listener();
    room.listen(told);
    const ann = publish('ann');
    const bob = publish('bob');
    const video = new SyntheticVp8({ ssrc: 5, packetsPerFrame: 1, packetLength: 200 });
    for (let tick = 0; tick <= 10; tick += 1) {
      // Ann sends no video, Bob no audio.
      ann.connection.receive(opusPacket(tick));
      for (const packet of video.nextFrame()) bob.connection.receive(packet);
      room.tick(clock.nowUs());
      clock.advance(1);
    }
    const warned = new Set(told.onWarnings.mock.calls.map(([, userId]) => userId));
    expect(warned).toEqual(new Set(['ann', 'bob']));
    const of = (user: string) => room.info().warnings.filter(({ user_id }) => user_id === user);
    expect(of('ann').map(({ code }) => code)).toContain('no-video');
    expect(of('ann').map(({ code }) => code)).not.toContain('no-audio');
    expect(of('bob').map(({ code }) => code)).toContain('no-audio');
    ann.session.close('left');
    expect(told.onWarnings).toHaveBeenLastCalledWith([], 'ann');
    expect(of('ann')).toEqual([]);
  });

  it('are offered to viewers in as many sections as the room takes hosts', () => {
    const { room, publish } = stage(3);
    publish('ann');
    const { sdp } = makeOffer(room, 'viewer', { kind: 'http', userId: null });
    expect(sdp.match(/^m=\w+/gm)).toEqual(Array(3).fill(['m=audio', 'm=video']).flat());
    const ssrcs = [...sdp.matchAll(/^a=ssrc:(\d+) cname/gm)].map(([, ssrc]) => ssrc);
    expect(new Set(ssrcs).size).toBe(9);
  });
});

/** Under the payload type of Chromium's offer. */
function opusPacket(sequence: number): Buffer {
  const packet = Buffer.alloc(32);
  packet[0] = 0x80;
  packet[1] = 111;
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 48_000, 4);
  packet.writeUInt32BE(1, 8);
  return packet;
}
