import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseServerMessage } from './parse-server-message.ts';

it('takes objects with a type, known here or not', () => {
  expect(parseServerMessage('{"type":"viewer-count","viewer_count":3}')).toEqual({
    type: 'viewer-count',
    viewer_count: 3,
  });
  expect(parseServerMessage('{"type":"news-from-the-future"}')).toEqual({ type: 'news-from-the-future' });
});

it('refuses everything else', () => {
  for (const data of ['', 'null', '[]', '3', '{}', '{"type":7}', '{"type":', new ArrayBuffer(4), undefined])
    expect(parseServerMessage(data)).toBeUndefined();
});

it('throws at nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), (data) => {
      const message = parseServerMessage(data);
      expect(message === undefined || typeof message.type === 'string').toBe(true);
    }),
  );
});
