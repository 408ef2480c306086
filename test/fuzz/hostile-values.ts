import fc from 'fast-check';
import { deepNesting } from '../hostile/wrong-values.ts';

/** Names that objects have of themselves, or that end where they should not. */
const treacherousNames = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', '', ' ', '\0'];

/** Text that no field means, but that every field may be given. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...treacherousNames, 'null', '-1', '1e999', '../../etc/passwd', '%00', '$(x)', "'; --", '\u202e'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  // Half of a pair, which is no Unicode.
  fc.constantFrom('\ud800', '\udfff\ud800', 'a\u0300'.repeat(500)),
  fc.nat(5000).map((length) => 'x'.repeat(length)),
);

export const hostileNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, -1, 0.5, 1e21, 1e300, -1e300, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, 2 ** 63),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Any JSON, with a liking for what goes wrong. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  hostileNumber,
  fc.constantFrom(null, true, false, [], {}, [[]], [null], JSON.parse('{"__proto__":{"x":1}}')),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...treacherousNames), fc.jsonValue({ maxDepth: 1 }), { noNullPrototype: true }),
  fc.integer({ min: 1, max: 2000 }).map((depth) => JSON.parse(deepNesting('[', ']', depth))),
);

type Change = { readonly place: number; readonly how: 'replace' | 'remove' | 'rename' | 'repeat'; value: unknown };

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'remove', 'rename', 'repeat'),
  value: hostileValue,
});

/** What is right, with up to three changes at any depth; none is a case too. */
export function mutated(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(right, fc.array(change, { maxLength: 2 }))
    .map(([value, changes]) => changes.reduce(changeOnePlace, structuredClone(value)));
}

type Holder = Record<string, unknown> | unknown[];

function changeOnePlace(value: unknown, { place, how, value: shared }: Change): unknown {
  // The next change may be within this one.
  const other = structuredClone(shared);
  const places = [...placesIn(value)];
  const chosen = places[place % (places.length + 1)];
  if (chosen === undefined) return how === 'repeat' ? [value, value] : other;
  const [holder, key] = chosen;
  const before: unknown = Reflect.get(holder, key);
  if (how === 'replace') define(holder, key, other);
  else if (how === 'repeat') define(holder, key, Array(3).fill(before));
  else {
    Reflect.deleteProperty(holder, key);
    if (how === 'rename') define(holder, typeof other === 'string' ? other : '__proto__', before);
  }
  return value;
}

/** Every place below a value: what holds it, and under which key. */
function* placesIn(value: unknown): Generator<[Holder, string]> {
  if (!isHolder(value)) return;
  for (const [key, below] of Object.entries(value)) {
    yield [value, key];
    yield* placesIn(below);
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null;
}

/** As an own property, also where the key is `__proto__`. */
function define(holder: Holder, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
