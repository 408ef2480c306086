import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { TurnQueue } from './turn-queue.ts';

test('runs jobs in their order, in slices with a turn of the event loop between them', async () => {
  const order: string[] = [];
  let nowMs = 0;
  const turns = new TurnQueue(() => nowMs);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    turns.add(() => {
      order.push(name);
      nowMs += 20;
    });
  }
  expect(order).toEqual([]);
  while (order.length < 5) {
    await nextTurn();
    order.push('turn');
  }
  expect(order.join(' ')).toMatch(/^(turn )*a b c (turn )+d e turn$/);
});

test('takes what is done by those who wait for their turn into account', async () => {
  const order: number[] = [];
  let nowMs = 0;
  const turns = new TurnQueue(() => nowMs);
  const wait = async (index: number) => {
    await turns.next();
    order.push(index);
    nowMs += 60;
  };
  const all = Promise.all([0, 1, 2].map(wait));
  const counts: number[] = [];
  while (order.length < 3) {
    await nextTurn();
    counts.push(order.length);
  }
  await all;
  expect(order).toEqual([0, 1, 2]);
  expect(new Set(counts)).toEqual(new Set([...counts.filter((count) => count === 0), 1, 2, 3]));
});

test('runs what is added by a job, and what comes after a pause', async () => {
  const turns = new TurnQueue();
  const order: string[] = [];
  turns.add(() => {
    order.push('first');
    turns.add(() => order.push('added by it'));
  });
  await turns.next();
  await turns.next();
  await nextTurn();
  turns.add(() => order.push('after a pause'));
  await turns.next();
  expect(order).toEqual(['first', 'added by it', 'after a pause']);
});
