import { expect, it, vi } from 'vitest';
import { SyntheticOpus } from '../../../../test/support/synthetic-stream.ts';
import { offers, testRooms } from '../test-support/rooms.ts';
import { answerOffer } from './negotiation.ts';

it("tells the room's listeners and its info what is wrong with the host's stream, until the host is gone", () => {
  const { rooms, clock, transport } = testRooms();
  const room = rooms.create({ roomId: 'a' });
  const told = {
    onLive: vi.fn(),
    onWaiting: vi.fn(),
    onViewerCount: vi.fn(),
    onHosts: vi.fn(),
    onActiveSpeaker: vi.fn(),
    onWarnings: vi.fn(),
    onEnded: vi.fn(),
  };
  room.listen(told);
  const { session } = answerOffer(room, 'host', offers.host, { kind: 'http', userId: 'ann' });
  transport.connection.become('connected');
  // Audio and video were announced: what follows is audio alone.
  transport.connection.receive(new SyntheticOpus({ ssrc: 1 }).nextPacket());
  expect(room.info().warnings).toEqual([]);
  for (let tick = 0; tick <= 10; tick += 1) {
    room.tick(clock.nowUs());
    clock.advance(0.5);
  }
  const warning = {
    code: 'no-video',
    kind: 'video',
    since: '2026-01-01T00:00:04.500Z',
    detail: 'Video was announced, but none has come in 5 s.',
    advice: expect.any(String),
  };
  expect(room.info().warnings).toContainEqual({ ...warning, user_id: 'ann' });
  expect(told.onWarnings).toHaveBeenLastCalledWith(expect.arrayContaining([warning]), 'ann');
  const calls = told.onWarnings.mock.calls.length;
  room.tick(clock.nowUs());
  expect(told.onWarnings.mock.calls.length).toBe(calls);
  session.close('left');
  expect(told.onWarnings).toHaveBeenLastCalledWith([], 'ann');
  expect(room.info().warnings).toEqual([]);
});
