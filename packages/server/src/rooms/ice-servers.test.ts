import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../config/schema.ts';
import { testApp } from '../test-support/app.ts';
import { offers } from '../test-support/rooms.ts';
import { iceServersFor, turnCredential } from './ice-servers.ts';

const secret = 'north-south-east-west';
const urls = ['turn:turn.example.org:3478?transport=udp', 'turn:turn.example.org:3478?transport=tcp'];

describe('a TURN credential', () => {
  it('is the HMAC-SHA1 of its time of expiry and its user', () => {
    const username = '1767225600:eve';
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    expect(turnCredential(secret, 'eve', 1_767_225_600)).toEqual({ username, credential });
  });

  it('keeps what would split a header or a user name out of it', () => {
    expect(turnCredential(secret, 'a:b "c"\r\n', 1).username).toBe('1:a_b__c___');
  });

  it('is another one for each peer without a user', () => {
    expect(turnCredential(secret, null, 1)).not.toEqual(turnCredential(secret, null, 1));
  });
});

describe('ICE servers', () => {
  const servers = (settings: object) => iceServersFor(configSchema.parse(settings), null, 0);

  it('are those of the settings, and TURN servers for ttl_seconds from now', () => {
    const [stun, turn, ...others] = servers({ turn: { urls, secret, ttl_seconds: 600 } });
    expect(stun).toEqual({ urls: ['stun:stun.l.google.com:19302'] });
    expect(turn).toMatchObject({ urls, username: expect.stringMatching(/^600:/) });
    expect(others).toEqual([]);
  });

  it('leave out STUN servers elsewhere while media is on loopback alone', () => {
    const ice_servers = [
      { urls: ['stun:a.example.org', 'stun:127.0.0.1:3478', 'stun:[::1]:3478'] },
      { urls: 'stun:b' },
    ];
    const local = [{ urls: ['stun:127.0.0.1:3478', 'stun:[::1]:3478'] }];
    expect(servers({ server: { host: '127.0.0.1' }, ice_servers })).toEqual(local);
    expect(servers({ server: { host: '0.0.0.0' }, media: { host: '::1' }, ice_servers })).toEqual(local);
    expect(servers({ server: { host: '127.0.0.1' }, media: { host: '0.0.0.0' } })).toHaveLength(1);
    expect(servers({ server: { host: '127.0.0.1' }, media: { public_addresses: ['203.0.113.7'] } })).toHaveLength(1);
  });
});

describe('where they are told', () => {
  it('is in WHIP, WHEP, the livestream calls and GET /ice-servers, with a credential for each', async () => {
    const server = await testApp({ turn: { urls, secret }, ice_servers: [] });
    const expiresAt = Math.floor(server.clock.nowUs() / 1e6) + 43_200;
    const link = new RegExp(
      `^<${urls[0]?.replace('?', '\\?')}>; rel="ice-server"; username="${expiresAt}:[\\w-]+"; credential=`,
    );
    const published = await server.post('/whip/a', offers.host);
    expect(published.headers.link).toEqual([expect.stringMatching(link), expect.stringContaining(`<${urls[1]}>`)]);
    server.transport.connection.become('connected');
    const watched = await server.post('/whep/a', offers.viewer);
    // Behind them come the links of WHEP's extensions.
    const watchedLinks = [watched.headers.link].flat().slice(0, 2);
    expect(watchedLinks).toEqual([expect.stringMatching(link), expect.stringContaining(`<${urls[1]}>`)]);
    expect(watchedLinks).not.toEqual(published.headers.link);
    const started = await server.call('POST', '/livestream/start', { user_id: 'eve', post_id: 'p' });
    expect(started.json().ice_servers).toEqual([{ urls, ...turnCredential(secret, 'eve', expiresAt) }]);
    const asked = await server.call('GET', '/ice-servers');
    expect(asked.json().ice_servers).toEqual([expect.objectContaining({ urls })]);
    expect(asked.headers['cache-control']).toBe('no-store');
    await server.app.close();
  });

  it('is not in an answer to a plain preflight', async () => {
    const server = await testApp({ turn: { urls, secret } });
    for (const url of ['/whip/a', '/whep/a']) expect((await server.call('OPTIONS', url)).headers.link).toBeUndefined();
    await server.app.close();
  });
});
