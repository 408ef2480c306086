import { describe, expect, it } from 'vitest';
import { testApp } from '../test-support/app.ts';

async function stage(settings: object = {}) {
  const server = await testApp(settings);
  server.rooms.create({ roomId: 'a' });
  const say = (body: object, room = 'a') => server.call('POST', `/rooms/${room}/chat`, body);
  return { ...server, say };
}

describe('the chat of a room over HTTP', () => {
  it('takes words of the backend, shows the last ones, and removes them', async () => {
    const { call, say, app } = await stage({ chat: { history_messages: 2, slow_mode_seconds: 5 } });
    await say({ text: 'one' });
    await say({ text: 'two' });
    const said = await say({ text: 'The auction begins.', name: 'BitBasel' });
    expect(said.statusCode).toBe(201);
    const message = said.json();
    expect(message).toEqual({
      id: expect.stringMatching(/^msg_/),
      from: { session_id: null, identity: null, name: 'BitBasel', role: 'system' },
      text: 'The auction begins.',
      sent_at: '2026-01-01T00:00:00.000Z',
    });
    const chat = await call('GET', '/rooms/a/chat');
    expect(chat.json()).toMatchObject({ room_id: 'a', enabled: true, slow_mode_seconds: 5, member_count: 0 });
    expect(chat.json().messages).toEqual([expect.objectContaining({ text: 'two' }), message]);
    const removed = await call('DELETE', `/rooms/a/chat/${message.id}`);
    expect([removed.statusCode, removed.json()]).toEqual([200, { status: 'removed', message_id: message.id }]);
    expect((await call('DELETE', `/rooms/a/chat/${message.id}`)).json()).toMatchObject({
      status: 404,
      code: 'chat_message_not_found',
    });
    expect((await call('GET', '/rooms/a/chat')).json().messages).toHaveLength(1);
    await app.close();
  });

  it('says what is wrong with a call', async () => {
    const { call, say, app, rooms } = await stage();
    rooms.create({ roomId: 'silent', settings: { chat: { enabled: false } } });
    const wrong: [Promise<{ json(): object }>, object][] = [
      [say({}), { status: 422, code: 'validation_failed', detail: expect.stringContaining('text') }],
      [say({ text: 7 }), { status: 422, code: 'validation_failed' }],
      [say({ text: 'hello', name: 'two\nlines' }), { status: 422, code: 'validation_failed' }],
      [say({ text: ' ' }), { status: 422, code: 'chat_text_refused' }],
      [say({ text: 'x'.repeat(501) }), { status: 422, code: 'chat_text_refused' }],
      [say({ text: 'hello' }, 'nowhere'), { status: 404, code: 'room_not_found' }],
      [say({ text: 'hello' }, 'silent'), { status: 403, code: 'chat_disabled' }],
      [call('GET', '/rooms/nowhere/chat'), { status: 404, code: 'room_not_found' }],
      [call('DELETE', '/rooms/nowhere/chat/msg_1'), { status: 404, code: 'room_not_found' }],
      [call('DELETE', '/rooms/a/chat/%00'), { status: 404, code: 'chat_message_not_found' }],
      [call('PUT', '/rooms/a/chat', {}), { status: 405, code: 'method_not_allowed' }],
    ];
    for (const [answer, problem] of wrong) expect((await answer).json()).toMatchObject(problem);
    expect((await call('GET', '/rooms/silent/chat')).json()).toMatchObject({ enabled: false, messages: [] });
    await app.close();
  });

  it('can be set for each room when it is made', async () => {
    const { call, app } = await stage();
    const create = (chat: unknown) => call('POST', '/rooms', { room_id: 'slow', settings: { chat } });
    for (const chat of [{ enabled: 'yes' }, { slow_mode_seconds: 3601 }, { slow_mode_seconds: 0.5 }, 'off'])
      expect((await create(chat)).json()).toMatchObject({ code: 'validation_failed' });
    expect((await create({ slow_mode_seconds: 30 })).statusCode).toBe(201);
    expect((await call('GET', '/rooms/slow/chat')).json()).toMatchObject({ enabled: true, slow_mode_seconds: 30 });
    await app.close();
  });
});
