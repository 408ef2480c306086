import { describe, expect, it } from 'vitest';
import { testApp } from '../test-support/app.ts';
import { offers } from '../test-support/rooms.ts';

const limited = expect.objectContaining({ status: 429, code: 'rate_limited' });

describe('rate limits', () => {
  it('count each kind of call by itself, and say when to try again', async () => {
    const server = await testApp({ rate_limits: { rooms_per_minute: 2, joins_per_minute: 3 } });
    const create = (id: string) => server.call('POST', '/rooms', { room_id: id });
    expect((await create('a')).statusCode).toBe(201);
    expect((await create('b')).statusCode).toBe(201);
    const refused = await create('c');
    expect(refused.json()).toEqual(limited);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(server.rooms.find('c')).toBeUndefined();
    await server.goLive('a');
    for (let join = 0; join < 3; join += 1) expect((await server.post('/whep/a', offers.viewer)).statusCode).toBe(201);
    expect((await server.post('/whep/a', offers.viewer)).json()).toEqual(limited);
    await server.app.close();
  });

  it('count each address by itself, as a proxy tells it where one is trusted', async () => {
    const server = await testApp({ server: { trust_proxy: true }, rate_limits: { rooms_per_minute: 1 } });
    const create = (id: string, address: string) =>
      server.app.inject({
        ...{ method: 'POST', url: '/rooms', payload: { room_id: id } },
        headers: { 'x-forwarded-for': address },
      });
    expect((await create('a', '192.0.2.1')).statusCode).toBe(201);
    expect((await create('b', '192.0.2.2')).statusCode).toBe(201);
    expect((await create('c', '192.0.2.1')).json()).toEqual(limited);
    await server.app.close();
  });

  it('are on all requests together too, whatever they are, and end with their minute', async () => {
    const server = await testApp({ rate_limits: { requests_per_minute: 5 } });
    for (let call = 0; call < 5; call += 1) expect((await server.call('GET', '/health')).statusCode).toBe(200);
    expect((await server.call('GET', '/health')).json()).toEqual(limited);
    server.clock.advance(60e6);
    expect((await server.call('GET', '/health')).statusCode).toBe(200);
    await server.app.close();
  });

  it('can be switched off, one by one', async () => {
    const server = await testApp({ rate_limits: { rooms_per_minute: false } });
    for (let room = 0; room < 50; room += 1)
      expect((await server.call('POST', '/rooms', { room_id: `r${room}` })).statusCode).toBe(201);
    await server.app.close();
  });
});
