import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testApp } from '../test-support/app.ts';
import { addressKey, clientAddress } from './client-address.ts';

describe('the address that limits count by', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    // A dual-stack socket shows IPv4 so (RFC 4291, section 2.5.5.2).
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:1:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001::5:6:7:8:9', '2001:0:0:5::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['no address', 'no address'],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const groups = fc.array(group, { minLength: 4, maxLength: 4 });

  it('is the same for all of an IPv6 network of 64 bits, and another for the next', () => {
    fc.assert(
      fc.property(groups, groups, groups, (network, one, other) => {
        const key = addressKey([...network, ...one].join(':'));
        expect(addressKey([...network, ...other].join(':'))).toBe(key);
        const next = ((Number.parseInt(network[3] ?? '', 16) + 1) & 0xffff).toString(16);
        expect(addressKey([...network.slice(0, 3), next, ...one].join(':'))).not.toBe(key);
      }),
    );
  });

  it('does not throw, whatever a proxy has written', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof addressKey(text) === 'string'));
  });
});

function requestWith(forwarded: string | undefined): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.defineProperty(request.socket, 'remoteAddress', { value: '10.0.0.1' });
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('who is at the other end', () => {
  it.each([
    [false, '192.0.2.1', '10.0.0.1'],
    [true, undefined, '10.0.0.1'],
    [true, '', '10.0.0.1'],
    [true, '192.0.2.1', '192.0.2.1'],
    // What stands before the proxy's own entry is the client's word.
    [true, '203.0.113.9, 192.0.2.1', '192.0.2.1'],
    [true, '203.0.113.9,2001:db8::1', '2001:db8::1'],
  ])('behind a proxy: %s, X-Forwarded-For: %s, is %s', (behindProxy, forwarded, address) => {
    expect(clientAddress(requestWith(forwarded), behindProxy)).toBe(address);
  });

  const statuses = async (settings: object, forwarded: readonly string[]) => {
    const server = await testApp({ rate_limits: { rooms_per_minute: 1 }, ...settings });
    const answers = [];
    for (const [index, value] of forwarded.entries()) {
      const headers = { 'x-forwarded-for': value };
      const call = { method: 'POST', url: '/rooms', payload: { room_id: `room-${index}` }, headers } as const;
      answers.push((await server.app.inject(call)).statusCode);
    }
    await server.app.close();
    return answers;
  };

  it('is not what a client says of itself, where no proxy is trusted', async () => {
    expect(await statuses({}, ['192.0.2.1', '192.0.2.2'])).toEqual([201, 429]);
  });

  it('is what the nearest proxy says and not what came before it, with IPv6 by networks', async () => {
    const trusting = { server: { trust_proxy: true } };
    expect(await statuses(trusting, ['203.0.113.1, 192.0.2.1', '203.0.113.2, 192.0.2.1'])).toEqual([201, 429]);
    expect(await statuses(trusting, ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:3::1'])).toEqual([
      201, 429, 201,
    ]);
  });
});
