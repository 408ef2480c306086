import { expect, it } from 'vitest';
import { actionOf, menuIndexAfter, volumeAfter } from './player-keys.ts';

const key = (name: string, more: object = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  ...more,
});

it.each([
  [' ', 'play'],
  ['m', 'mute'],
  ['M', 'mute'],
  ['f', 'full-screen'],
  ['ArrowUp', 'louder'],
  ['ArrowDown', 'quieter'],
  ['x', undefined],
  ['ArrowLeft', undefined],
])('%j is %s', (name, action) => {
  expect(actionOf(key(name), false)).toBe(action);
});

it('leaves a focused control its own keys', () => {
  const actions = [' ', 'ArrowUp', 'ArrowDown', 'm', 'f'].map((name) => actionOf(key(name), true));
  expect(actions).toEqual([undefined, undefined, undefined, 'mute', 'full-screen']);
});

it.each(['ctrlKey', 'metaKey', 'altKey'])('leaves the browser what comes with %s', (modifier) => {
  expect(actionOf(key('f', { [modifier]: true }), false)).toBeUndefined();
});

it('goes on with the volume while a key is held, and does nothing else again and again', () => {
  expect(actionOf(key('ArrowUp', { repeat: true }), false)).toBe('louder');
  expect(actionOf(key('m', { repeat: true }), false)).toBeUndefined();
});

it('changes the volume in steps that do not add up to odd figures, from 0 to 1', () => {
  expect([0.7, 0.95, 1].map((volume) => volumeAfter('louder', volume))).toEqual([0.8, 1, 1]);
  expect([0.3, 0.04, 0].map((volume) => volumeAfter('quieter', volume))).toEqual([0.2, 0, 0]);
});

it('goes round in a menu', () => {
  const after = (name: string) => [0, 1, 2].map((index) => menuIndexAfter(name, index, 3));
  expect(after('ArrowDown')).toEqual([1, 2, 0]);
  expect(after('ArrowUp')).toEqual([2, 0, 1]);
  expect(after('Home')).toEqual([0, 0, 0]);
  expect(after('End')).toEqual([2, 2, 2]);
  expect(after('Enter')).toEqual([undefined, undefined, undefined]);
});
