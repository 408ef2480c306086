import { expect } from 'vitest';

/** Values that stand for themselves; every other one in a documented answer is an example of its type. */
const literal = new Set(['status', 'service', 'post_id']);

/** Checks the keys and types of a documented answer; the answer may hold more keys. `known` gives exact values. */
export function expectDocumentedAnswer(
  answer: unknown,
  documented: unknown,
  known: Record<string, unknown> = {},
): void {
  const shape = Object.entries(Object(documented)).map(([key, value]) => {
    if (key in known) return [key, known[key]];
    return [key, literal.has(key) ? value : expect.any(Object(value).constructor)];
  });
  expect(answer).toMatchObject(Object.fromEntries(shape));
}
