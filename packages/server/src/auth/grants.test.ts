import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesRoom } from './grants.ts';

it.each([
  ['room', 'room', true],
  ['room', 'room2', false],
  ['room', 'Room', false],
  ['room', 'ro', false],
  ['*', 'anything', true],
  ['class-*', 'class-', true],
  ['class-*', 'class-7', true],
  ['class-*', 'my-class-7', false],
  ['*-public', 'a-public', true],
  ['*-public', 'a-public-not', false],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'acb', false],
  // Its two ends may not share characters.
  ['ab*ba', 'aba', false],
  ['ab*ba', 'abba', true],
  ['a*a*a', 'aa', false],
  ['**', 'x', true],
  // No other character means anything.
  ['a.c', 'abc', false],
  ['a.*', 'a.c', true],
])('pattern %s, room %s: %s', (pattern, room, fits) => {
  expect(matchesRoom(pattern, room)).toBe(fits);
});

const few = fc.constantFrom('a', 'b', '-', '.');
const name = fc.array(few, { maxLength: 12 }).map((letters) => letters.join(''));
const pattern = fc.array(fc.oneof(few, fc.constant('*')), { maxLength: 8 }).map((letters) => letters.join(''));

it('is what the same pattern means as a regular expression', () => {
  const same = fc.property(pattern, name, (text, room) => {
    const expression = new RegExp(`^${text.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
    expect(matchesRoom(text, room)).toBe(expression.test(room));
  });
  fc.assert(same, { numRuns: 2000 });
});
