import type { ClientMessage, ServerMessage, TokenClaims } from '@bitbasel/protocol';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { signToken } from '../auth/sign-token.ts';
import { configSchema } from '../config/schema.ts';
import { type MediaServer, startServer } from '../server.ts';
import { MediaPeer } from '../test-support/media-peer.ts';
import { SignalingClient } from '../test-support/signaling-client.ts';

const secret = 'the secret of these tests, long enough';
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A running server with the room `a`. Without `auth` nobody is asked for a token. */
async function start(settings: object = { auth: { secret } }): Promise<MediaServer> {
  const config = configSchema.parse({
    server: { host: '127.0.0.1', port: 0, http_alias_port: false, signaling_alias_port: false },
    ...{ media: { port: 0 }, history: { mode: 'memory' }, ...settings },
  });
  const server = await startServer(config, { logger: pino({ level: 'silent' }) });
  cleanups.push(() => server.close());
  server.rooms.create({ roomId: 'a' });
  return server;
}

const sign = (sub: string | undefined, grants: TokenClaims['grants'], name?: string) =>
  signToken({ room: 'a', grants, ...(sub && { sub }), ...(name && { name }) }, secret, {
    ttlSeconds: 60,
    nowMs: Date.now(),
  });

async function open(server: MediaServer, token?: string): Promise<SignalingClient> {
  const client = await SignalingClient.open(
    server.ports.http,
    'a',
    token === undefined ? [] : ['bitbasel', `bitbasel.token.${token}`],
  );
  cleanups.push(() => client.socket.terminate());
  return client;
}

type Joining = Omit<Partial<Extract<ClientMessage, { type: 'join' }>>, 'type'>;

/** A client that has joined the room and its chat. */
async function join(server: MediaServer, token?: string, joining: Joining = {}) {
  const client = await open(server, token);
  client.send({ type: 'join', chat: true, ...joining });
  return { client, seat: await client.until('chat-joined') };
}

const host = async (server: MediaServer) => join(server, await sign('eve', ['publish', 'watch']), { role: 'host' });
const viewer = async (server: MediaServer, sub = 'bob') => join(server, await sign(sub, ['watch']));

/** What answers a message: the ack, or the code of the error. */
async function answerTo(client: SignalingClient, message: Record<string, unknown>): Promise<string> {
  client.send({ ...message, request_id: 'r1' });
  for (;;) {
    const answer = await client.next();
    if (answer.type === 'chat-ack') return `ok ${answer.request_id}`;
    if (answer.type === 'error' && answer.in_reply_to === message.type && answer.request_id === 'r1')
      return answer.code;
  }
}

describe('chat over WebSocket', () => {
  it('goes to everybody in the room with who says it, and to those who come later', async () => {
    const server = await start();
    const [{ client: eve }, { client: bob, seat }] = [await host(server), await viewer(server)];
    bob.send({ type: 'chat', text: 'Is it <b>signed</b>?', request_id: 'mine' });
    const message = await eve.until('chat');
    expect(message).toEqual({
      type: 'chat',
      id: expect.stringMatching(/^msg_[0-9a-f]{14}$/),
      from: { session_id: seat.session_id, identity: 'bob', name: null, role: 'viewer' },
      text: 'Is it <b>signed</b>?',
      sent_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await bob.until('chat-ack')).toEqual({ type: 'chat-ack', request_id: 'mine', message_id: message.id });
    expect(await bob.until('chat')).toEqual(message);
    eve.send({ type: 'chat', text: 'It is.' });
    expect((await bob.until('chat')).from).toMatchObject({ identity: 'eve', role: 'host' });
    const { client: late } = await viewer(server, 'late');
    expect((await late.until('chat-history')).messages.map(({ text }) => text)).toEqual([message.text, 'It is.']);
  });

  it('is not told to those who did not ask for it, until they speak', async () => {
    const server = await start();
    const [{ client: bob }, silent] = [await viewer(server), await open(server, await sign('carl', ['watch']))];
    silent.send({ type: 'join' });
    await silent.until('waiting');
    bob.send({ type: 'chat', text: 'one' });
    await bob.until('chat');
    silent.send({ type: 'chat', text: 'two' });
    // Nothing came before it.
    expect((await silent.next()).type).toBe('chat-joined');
    expect((await silent.until('chat')).text).toBe('two');
    expect((await bob.until('chat')).text).toBe('two');
  });

  it('takes names from the token, else from the client, and roles from neither name', async () => {
    const server = await start();
    const named = await sign('ann', ['watch'], 'Ann of the token');
    const seats = [
      await join(server, await sign('bob', ['watch']), { name: 'Host' }),
      await join(server, named, { name: 'Somebody else' }),
      await join(server, await sign(undefined, ['watch']), { user_id: 'eve' }),
      await join(server, await sign('mia', ['watch', 'manage'])),
      await join(server, await sign('obs', ['watch', 'publish'])),
    ].map(({ seat: { identity, name, role } }) => ({ identity, name, role }));
    expect(seats).toEqual([
      { identity: 'bob', name: 'Host', role: 'viewer' },
      { identity: 'ann', name: 'Ann of the token', role: 'viewer' },
      { identity: 'eve', name: null, role: 'viewer' },
      { identity: 'mia', name: null, role: 'moderator' },
      { identity: 'obs', name: null, role: 'host' },
    ]);
    for (const name of ['', '  ', 'x'.repeat(65), 'two\nlines', 'evil \u202e name']) {
      const client = await open(server, named);
      client.send({ type: 'join', chat: true, name });
      expect([name, await client.until('error')]).toMatchObject([name, { code: 'bad_message' }]);
    }
  });

  it('is for those who have joined', async () => {
    const client = await open(await start(), await sign('bob', ['watch']));
    client.send({ type: 'chat', text: 'hello' });
    expect(await client.until('error')).toMatchObject({ code: 'bad_message', in_reply_to: 'chat' });
  });

  it('says what is wrong with a message, and all else goes on', async () => {
    const server = await start({ auth: { secret }, chat: { max_characters: 5 } });
    const { client: bob, seat } = await viewer(server);
    expect(seat.max_characters).toBe(5);
    for (const text of ['', ' ', '123456', 'a\nb', '\u0000'])
      expect([text, await answerTo(bob, { type: 'chat', text })]).toEqual([text, 'chat_text_refused']);
    for (const emoji of ['', 'x', '🎉🎉'])
      expect([emoji, await answerTo(bob, { type: 'reaction', emoji })]).toEqual([emoji, 'chat_emoji_refused']);
    expect(await answerTo(bob, { type: 'chat', text: '🎉🎉🎉🎉🎉' })).toBe('ok r1');
    for (const message of [
      { type: 'chat' },
      { type: 'chat', text: 7 },
      { type: 'reaction', emoji: {} },
      { type: 'chat-mute' },
      { type: 'chat-mute', identity: 'a', session_id: 's_b' },
      { type: 'chat-remove', message_id: 'seven' },
      { type: 'kick' },
    ]) {
      bob.send(message);
      expect((await bob.until('error')).code).toBe('bad_message');
    }
    expect(await answerTo(bob, { type: 'chat', text: 'still' })).toBe('ok r1');
  });

  it('has limits for users and for addresses, which cost nobody the socket', async () => {
    const server = await start({
      auth: { secret },
      rate_limits: { chats_per_minute: 2, chats_per_address_per_minute: 5, reactions_per_minute: 1 },
    });
    const { client: bob } = await viewer(server);
    const says = (client: SignalingClient) => answerTo(client, { type: 'chat', text: 'hello' });
    expect([await says(bob), await says(bob), await says(bob)]).toEqual(['ok r1', 'ok r1', 'rate_limited']);
    // The same user by another socket.
    expect(await says((await viewer(server)).client)).toBe('rate_limited');
    const reacts = () => answerTo(bob, { type: 'reaction', emoji: '🎉' });
    expect([await reacts(), await reacts()]).toEqual(['ok r1', 'rate_limited']);
    for (let more = 0; more < 30; more += 1) expect(await says(bob)).toBe('rate_limited');
    const others = ['carl', 'dora', 'emil', 'fred'].map(async (sub) => says((await viewer(server, sub)).client));
    expect((await Promise.all(others)).filter((answer) => answer === 'rate_limited')).toHaveLength(1);
    bob.send({ type: 'chat', text: 'hello' });
    expect(await bob.until('error')).toMatchObject({ retryable: true, retry_after_seconds: expect.any(Number) });
    expect(bob.socket.readyState).toBe(bob.socket.OPEN);
  });

  it('sums reactions up', async () => {
    const server = await start();
    const [{ client: eve }, { client: bob }] = [await host(server), await viewer(server)];
    for (let number = 0; number < 100; number += 1) bob.send({ type: 'reaction', emoji: '❤️' });
    let [count, messages] = [0, 0];
    while (count < 100) {
      count += (await eve.until('reaction')).counts['❤️'] ?? 0;
      messages += 1;
    }
    expect(count).toBe(100);
    expect(messages).toBeLessThan(10);
  });

  it('counts viewers by WHEP in its presence, and knows who comes and goes', async () => {
    const server = await start({});
    const { client: eve } = await join(server, undefined, { role: 'host', user_id: 'eve', name: 'Eve' });
    const media = await MediaPeer.create();
    cleanups.push(() => media.peer.close());
    eve.send({ type: 'offer', sdp: media.offer('host') });
    await media.accept((await eve.until('answer')).sdp);
    const whep = await MediaPeer.create();
    cleanups.push(() => whep.peer.close());
    await eve.until('live');
    const answer = await fetch(`http://127.0.0.1:${server.ports.http}/whep/a`, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: whep.offer('viewer'),
    });
    await whep.accept(await answer.text());
    const counted = await eve.until('presence', ({ viewer_count }) => viewer_count === 1);
    expect(counted).toMatchObject({ member_count: 1, hosts: [{ identity: 'eve', name: 'Eve' }] });
    const { client: bob, seat } = await join(server, undefined, { user_id: 'bob' });
    await eve.until('presence', ({ joined }) => joined.some(({ session_id }) => session_id === seat.session_id));
    bob.socket.terminate();
    await eve.until('presence', ({ left }) => left.includes(seat.session_id));
  });
});

describe('moderation over WebSocket', () => {
  it('mutes and unmutes, also those who come back', async () => {
    const server = await start();
    const [{ client: eve }, { client: bob }] = [await host(server), await viewer(server)];
    expect(await answerTo(eve, { type: 'chat-mute', identity: 'bob' })).toBe('ok r1');
    expect(await bob.until('chat-muted')).toMatchObject({ muted: true, identity: 'bob' });
    expect(await answerTo(bob, { type: 'chat', text: 'hello' })).toBe('chat_muted');
    bob.socket.terminate();
    const { client: back, seat } = await viewer(server);
    expect(seat.muted).toBe(true);
    expect(await answerTo(back, { type: 'chat', text: 'hello' })).toBe('chat_muted');
    expect(await answerTo(eve, { type: 'chat-unmute', session_id: seat.session_id })).toBe('ok r1');
    expect(await back.until('chat-muted')).toMatchObject({ muted: false });
    expect(await answerTo(back, { type: 'chat', text: 'hello' })).toBe('ok r1');
  });

  it('removes messages for all', async () => {
    const server = await start();
    const [{ client: eve }, { client: bob }] = [await host(server), await viewer(server)];
    bob.send({ type: 'chat', text: 'rude' });
    const { id } = await eve.until('chat');
    expect(await answerTo(bob, { type: 'chat-remove', message_id: id })).toBe('moderators_only');
    expect(await answerTo(eve, { type: 'chat-remove', message_id: id })).toBe('ok r1');
    expect(await bob.until('chat-removed')).toEqual({ type: 'chat-removed', message_id: id });
    expect(await answerTo(eve, { type: 'chat-remove', message_id: id })).toBe('chat_message_not_found');
    const { client: late } = await viewer(server, 'late');
    expect((await late.until('chat-history')).messages).toEqual([]);
  });

  it('kicks a client with or without media, and its token is good no more', async () => {
    const server = await start();
    const { client: eve } = await host(server);
    const token = await sign('bob', ['watch']);
    const { client: bob, seat } = await join(server, token);
    const { client: second } = await join(server, token);
    expect(await answerTo(bob, { type: 'kick', session_id: 's_anybody' })).toBe('moderators_only');
    expect(await answerTo(eve, { type: 'kick', session_id: 's_nobody' })).toBe('session_not_found');
    expect(await answerTo(eve, { type: 'kick', session_id: seat.session_id })).toBe('ok r1');
    for (const client of [bob, second]) {
      expect(await client.until('error')).toMatchObject({ code: 'kicked', retryable: false });
      expect(await client.closed).toBe(4403);
    }
    const back = await open(server, token);
    expect([(await back.until('error')).code, await back.closed]).toEqual(['token_revoked', 4401]);
    const { client: carl, seat: carls } = await viewer(server, 'carl');
    const manager = await sign('backend', ['manage']);
    const url = `http://127.0.0.1:${server.ports.http}/rooms/a/sessions/${carls.session_id}`;
    const answer = await fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${manager}` } });
    expect([answer.status, await carl.closed]).toEqual([200, 4403]);
  });

  it('is for hosts and managers, and of hosts for the latter alone', async () => {
    const server = await start();
    const [{ client: eve, seat: eves }, { client: bob }] = [await host(server), await viewer(server)];
    const { client: mia, seat: mias } = await join(server, await sign('mia', ['watch', 'manage']));
    for (const message of [
      { type: 'chat-mute', identity: 'eve' },
      { type: 'chat-unmute', identity: 'eve' },
      { type: 'kick', session_id: eves.session_id },
    ])
      expect(await answerTo(bob, message)).toBe('moderators_only');
    expect(await answerTo(eve, { type: 'chat-mute', session_id: mias.session_id })).toBe('moderators_only');
    expect(await answerTo(eve, { type: 'kick', session_id: mias.session_id })).toBe('moderators_only');
    expect(await answerTo(mia, { type: 'chat-mute', identity: 'eve' })).toBe('ok r1');
    expect(await answerTo(eve, { type: 'chat', text: 'hello' })).toBe('chat_muted');
    expect(await answerTo(mia, { type: 'kick', session_id: eves.session_id })).toBe('ok r1');
    expect(await eve.closed).toBe(4403);
  });

  it('stays with a moderator who was cut off and comes back with the resume secret', async () => {
    const server = await start();
    const first = await open(server, await sign('mia', ['watch', 'manage'], 'Mia'));
    first.send({ type: 'join', chat: true });
    const { resume_secret } = await first.until('welcome');
    first.socket.terminate();
    const { client: mia, seat } = await join(server, resume_secret);
    expect(seat).toMatchObject({ identity: 'mia', name: 'Mia', role: 'moderator' });
    expect(await answerTo(mia, { type: 'chat-mute', identity: 'bob' })).toBe('ok r1');
  });

  it('is lost with a later token that does not allow it', async () => {
    const server = await start();
    const { client: mia } = await join(server, await sign('mia', ['watch', 'manage']));
    expect(await answerTo(mia, { type: 'chat-mute', identity: 'bob' })).toBe('ok r1');
    const later = await signToken({ room: 'a', grants: ['watch'], sub: 'mia' }, secret, {
      ttlSeconds: 120,
      nowMs: Date.now(),
    });
    mia.send({ type: 'token', token: later });
    await mia.until('token');
    expect(await answerTo(mia, { type: 'chat-unmute', identity: 'bob' })).toBe('moderators_only');
  });

  it('is for whoever publishes where no tokens are asked for', async () => {
    const server = await start({});
    const { client: eve } = await join(server, undefined, { role: 'host', user_id: 'eve' });
    const stranger = await join(server, undefined, { role: 'host', user_id: 'eve' });
    const media = await MediaPeer.create();
    cleanups.push(() => media.peer.close());
    eve.send({ type: 'offer', sdp: media.offer('host') });
    await media.accept((await eve.until('answer')).sdp);
    await eve.until('live');
    const { client: bob, seat } = await join(server);
    expect(seat.role).toBe('viewer');
    expect(await answerTo(stranger.client, { type: 'chat-mute', session_id: seat.session_id })).toBe('moderators_only');
    expect(await answerTo(eve, { type: 'chat-mute', session_id: seat.session_id })).toBe('ok r1');
    expect(await answerTo(bob, { type: 'chat', text: 'hello' })).toBe('chat_muted');
    const again = await join(server);
    expect(again.seat.muted).toBe(true);
  });
});

it('messages are events of the server where that is wished', async () => {
  for (const events of [true, false]) {
    const server = await start({ chat: { events } });
    const { client: bob } = await join(server, undefined, { user_id: 'bob' });
    const { id } = await said(bob);
    server.rooms.stop('a');
    const answer = await fetch(`http://127.0.0.1:${server.ports.http}/events`, {
      headers: { 'last-event-id': 'evt_00000000000000' },
    });
    const told = await readUntil(answer, 'room.ended');
    expect(told.includes('chat.message')).toBe(events);
    expect(told.includes(id)).toBe(events);
  }
});

async function said(client: SignalingClient): Promise<Extract<ServerMessage, { type: 'chat' }>> {
  client.send({ type: 'chat', text: 'hello' });
  return client.until('chat');
}

async function readUntil(answer: Response, end: string): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(end)) return text;
  }
  throw new Error(`The stream ended before ${end}: ${text}`);
}
