import { expect, test } from 'vitest';
import { PacketIntake } from './packet-intake.ts';

/** A thread of which a test says what it does: packets take `costMs` each, and `turn` is everybody else's. */
function thread(costMs: number) {
  const deferred: (() => void)[] = [];
  const taken: number[] = [];
  const state = { nowMs: 0 };
  const intake = new PacketIntake({ nowMs: () => state.nowMs, defer: (run) => deferred.push(run) });
  const receiver = {
    receive(packet: Buffer) {
      taken.push(packet.readUInt16BE(0));
      state.nowMs += costMs;
    },
  };
  let number = 0;
  return {
    intake,
    taken,
    state,
    /** The library calls back with so many packets in a row. */
    come(count: number) {
      for (let index = 0; index < count; index += 1) {
        const packet = Buffer.alloc(2);
        packet.writeUInt16BE(number++);
        intake.take(receiver, packet);
      }
    },
    /** @returns false where nothing is left to be done */
    turn(): boolean {
      const due = deferred.splice(0);
      for (const run of due) run();
      return due.length > 0;
    },
  };
}

test('hands packets on at once while they take little time', () => {
  const { come, turn, taken } = thread(0.1);
  come(20);
  expect(taken).toHaveLength(20);
  expect(turn()).toBe(true);
  expect(turn()).toBe(false);
});

test('lets everything else have its turn, and keeps the order', () => {
  const { come, turn, taken, state } = thread(4);
  come(10);
  expect(taken).toEqual([0, 1, 2]);
  turn();
  come(2);
  expect(taken).toEqual([0, 1, 2, 3, 4, 5]);
  const turnsMs: number[] = [];
  for (let before = state.nowMs; turn(); before = state.nowMs) turnsMs.push(state.nowMs - before);
  expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(Math.max(...turnsMs)).toBeLessThan(15);
});

test('drops what has waited for a second, and no more than that', () => {
  const { intake, come, turn, taken } = thread(5);
  come(1000);
  while (turn());
  expect(taken.length).toBeGreaterThan(200);
  expect(taken.length).toBeLessThan(210);
  expect(intake.packetsDropped).toBe(1000 - taken.length);
  come(1);
  expect(taken.at(-1)).toBe(1000);
});

test('drops nothing because others take long: packets get as much time as those', () => {
  const { intake, come, turn, taken, state } = thread(5);
  for (let round = 0; round < 10; round += 1) {
    come(3);
    state.nowMs += 1500;
    come(100);
    turn();
  }
  while (turn());
  expect(intake.packetsDropped).toBe(0);
  expect(taken).toEqual(Array.from({ length: 1030 }, (_, index) => index));
});

test('hands on at once what comes while others take long', () => {
  const { come, state, taken } = thread(0.1);
  come(1);
  state.nowMs += 500;
  come(1);
  expect(taken).toEqual([0, 1]);
});
