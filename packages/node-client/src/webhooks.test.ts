import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signedHeaders } from '../../server/src/events/webhook-signature.ts';
import { verifyWebhook, WebhookError } from './webhooks.ts';

const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const nowMs = 1_800_000_000_000;
const body = JSON.stringify({ id: 'evt_1', type: 'room.started', room_id: 'ä' });
const headers = signedHeaders(secret, 'evt_1', nowMs / 1000, body);

describe('a webhook', () => {
  it('that the server has signed is read, in whatever form it comes', () => {
    const capital = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
    for (const shape of [headers, capital, new Headers(headers)])
      for (const bytes of [body, Buffer.from(body), new TextEncoder().encode(body)])
        expect(verifyWebhook(secret, shape, bytes, { nowMs })).toMatchObject({ id: 'evt_1', room_id: 'ä' });
    const rotated = { ...headers, 'webhook-signature': `v1,AAAA v2,x ${headers['webhook-signature']}` };
    expect(verifyWebhook(secret, rotated, body, { nowMs }).type).toBe('room.started');
  });

  it.each([
    ['another body', secret, headers, `${body} `, nowMs],
    ['another secret', `whsec_${Buffer.from('another').toString('base64')}`, headers, body, nowMs],
    ['a secret that is none', 'whsec_?', headers, body, nowMs],
    ['another id', secret, { ...headers, 'webhook-id': 'evt_2' }, body, nowMs],
    ['a header too few', secret, { ...headers, 'webhook-timestamp': undefined }, body, nowMs],
    ['a time that is none', secret, { ...headers, 'webhook-timestamp': 'NaN' }, body, nowMs],
    ['too late', secret, headers, body, nowMs + 301_000],
    ['too early', secret, headers, body, nowMs - 301_000],
    ['no signature of this version', secret, { ...headers, 'webhook-signature': 'v2,AAAA' }, body, nowMs],
    ['no JSON', secret, signedHeaders(secret, 'evt_1', nowMs / 1000, 'x'), 'x', nowMs],
    ['no event', secret, signedHeaders(secret, 'evt_1', nowMs / 1000, '[]'), '[]', nowMs],
  ])('with %s is refused', (_what, key, shown, text, atMs) => {
    expect(() => verifyWebhook(key, shown, text, { nowMs: atMs })).toThrow(WebhookError);
  });

  it('of random parts throws nothing but the own error', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('1800000000', 'v1,', 'v1,====', headers['webhook-signature']));
    fc.assert(
      fc.property(part, part, part, fc.uint8Array(), (id, at, signature, bytes) => {
        const shown = { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature };
        expect(() => verifyWebhook(secret, shown, bytes, { nowMs })).toThrow(WebhookError);
      }),
    );
  });
});
