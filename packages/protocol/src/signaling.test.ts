import { expect, it } from 'vitest';
import { clientMessageSchema, serverMessageSchema } from './signaling.ts';

// A union by type is first looked through when it is first used, and then throws where a type stands twice.
it.each([
  ['client', clientMessageSchema],
  ['server', serverMessageSchema],
])('has each type of %s message once', (_, schema) => {
  expect(schema.safeParse({ type: 'no such type' }).success).toBe(false);
});
