import type { RoomInfo } from '@bitbasel/protocol';
import { expect, it } from 'vitest';
import { EndedRooms } from './ended-rooms.ts';

function info(id: string, viewerCount = 0): RoomInfo {
  return { room_id: id, viewer_count: viewerCount } as RoomInfo;
}

it('keeps the last thousand, the newest of each id', () => {
  const ended = new EndedRooms();
  for (let index = 0; index < 1500; index += 1) ended.add(info(`r${index}`));
  ended.add(info('r600', 7));
  ended.add(info('last'));
  expect(ended.get('r500')).toBeUndefined();
  expect(ended.get('r501')).toBeDefined();
  expect(ended.get('r600')?.viewer_count).toBe(7);
  for (let index = 0; index < 998; index += 1) ended.add(info(`n${index}`));
  expect(ended.get('r600')?.viewer_count).toBe(7);
  expect(ended.get('r1499')).toBeUndefined();
});
