import { clientMessageSchema } from '@bitbasel/protocol';
import fc from 'fast-check';
import { z } from 'zod';
import { answerTo, damaging } from './descriptions.ts';
import { mutated } from './hostile-values.ts';
import { newName, valuesOf } from './schema-values.ts';

/** What a client sends: text, bytes in a binary frame, or an answer, which is made of the server's offer. */
export type Frame = string | Uint8Array | { readonly answer: (offer: string) => string };

export interface FuzzedConversation {
  readonly room: string;
  readonly frames: readonly Frame[];
}

/** Every message of the protocol's, by its schema. */
const message = fc.oneof(
  ...clientMessageSchema.options.map((schema) => {
    const document = z.toJSONSchema(schema, { io: 'input' });
    return valuesOf(document, document, ['eve', 'fuzzed', 'host', 'viewer']);
  }),
);

/** Answers make sense after these. */
const asksForOffer = fc
  .constantFrom('host', 'viewer')
  .map((role) => JSON.stringify({ type: 'join', role, offer: 'server', takeover: true }));

const frame: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 6, arbitrary: message.map((value) => JSON.stringify(value)) },
  { weight: 6, arbitrary: mutated(message).map((value) => JSON.stringify(value) ?? '') },
  { weight: 2, arbitrary: asksForOffer },
  { weight: 3, arbitrary: damaging.map((damaged) => ({ answer: (offer: string) => damaged(answerTo(offer)) })) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2000 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }) },
);

export const conversations: fc.Arbitrary<FuzzedConversation> = fc.record({
  room: fc.oneof({ weight: 4, arbitrary: fc.constant('fuzzed') }, newName),
  frames: fc.array(frame, { minLength: 1, maxLength: 8 }),
});
