import type { ChatMessage, ChatPerson, ClientMessage, ServerMessage } from '@bitbasel/protocol';
import { describe, expect, it } from 'vitest';
import type { ChatEvents, ChatOptions } from './chat.ts';
import { SessionChat } from './session-chat.ts';

/** A chat, what it has sent, and what it has told. */
function open(options: ChatOptions = {}, isConnected = true) {
  const sent: ClientMessage[] = [];
  const told: [string, unknown][] = [];
  const chat = new SessionChat(options, (message) => isConnected && sent.push(message) > 0);
  for (const type of ['joined', 'history', 'chat', 'removed', 'muted', 'reaction', 'presence', 'error'] as const)
    chat.on(type, (detail: ChatEvents[typeof type]) => told.push([type, detail]));
  const receive = (message: ServerMessage) => chat.receive(message);
  return { chat, sent, told, receive };
}

const bob: ChatPerson = { session_id: 's_bob', identity: 'bob', name: 'Bob', role: 'viewer' };
const said = (id: string, text = 'hello'): ChatMessage => ({ id, from: bob, text, sent_at: '2026-01-01T00:00:00Z' });
const joinOf = async (chat: SessionChat) =>
  chat
    .joining({
      role: 'viewer',
      join: async () => ({ type: 'join', role: 'viewer', offer: 'client' }),
      onWelcome: async () => undefined,
    })
    .join({} as RTCPeerConnection);

describe('a chat', () => {
  it('sends, and resolves with what answers it', async () => {
    const { chat, sent, receive } = open();
    const [one, two] = [chat.send('one'), chat.send('two')];
    expect(sent).toEqual([
      { type: 'chat', text: 'one', request_id: '1' },
      { type: 'chat', text: 'two', request_id: '2' },
    ]);
    receive({ type: 'chat-ack', request_id: '2', message_id: 'msg_2' });
    receive({ type: 'chat-ack', request_id: '1', message_id: 'msg_1' });
    expect([await one, await two]).toEqual(['msg_1', 'msg_2']);
  });

  it('moderates', async () => {
    const { chat, sent, receive } = open();
    const all = [
      chat.mute({ identity: 'bob' }),
      chat.unmute({ sessionId: 's_bob' }),
      chat.remove('msg_1'),
      chat.kick('s_bob'),
    ];
    expect(sent).toMatchObject([
      { type: 'chat-mute', identity: 'bob' },
      { type: 'chat-unmute', session_id: 's_bob' },
      { type: 'chat-remove', message_id: 'msg_1' },
      { type: 'kick', session_id: 's_bob' },
    ]);
    for (const request_id of ['1', '2', '3', '4']) receive({ type: 'chat-ack', request_id });
    await Promise.all(all);
  });

  it('rejects with the error of the server, and where there is no connection or it goes', async () => {
    const { chat, receive } = open();
    const slow = expect(chat.send('hello')).rejects.toMatchObject({ code: 'chat_slow_mode', retryAfterSeconds: 7 });
    const error = { code: 'chat_slow_mode', detail: 'Wait.', retryable: true, retry_after_seconds: 7 };
    receive({ type: 'error', ...error, in_reply_to: 'chat', request_id: '1' });
    await slow;
    const cut = expect(chat.send('hello')).rejects.toMatchObject({ code: 'signaling_lost', retryable: true });
    chat.onLost();
    await cut;
    await expect(open({}, false).chat.send('hello')).rejects.toMatchObject({ code: 'signaling_lost' });
  });

  it('tells of a reaction that was refused, and of no errors that are not its own', () => {
    const { chat, sent, told, receive } = open();
    chat.react('🎉');
    expect(sent).toEqual([{ type: 'reaction', emoji: '🎉' }]);
    receive({ type: 'error', code: 'not_live', detail: '', retryable: true });
    receive({ type: 'error', code: 'chat_muted', detail: '', retryable: false, in_reply_to: 'reaction' });
    expect(told).toMatchObject([['error', { code: 'chat_muted' }]]);
  });

  it('asks to take part where that is wanted, or once something was sent', async () => {
    const join = { type: 'join', role: 'viewer', offer: 'client' };
    const quiet = open({ name: 'Ann' }).chat;
    expect(await joinOf(quiet)).toEqual({ ...join, name: 'Ann' });
    quiet.react('🎉');
    expect(await joinOf(quiet)).toEqual({ ...join, chat: true, name: 'Ann' });
    expect(await joinOf(open({ chat: true }).chat)).toEqual({ ...join, chat: true });
  });

  it('tells each message once, whatever the history and reconnects repeat', () => {
    const { told, receive } = open();
    receive({ type: 'chat-history', messages: [said('msg_1'), said('msg_2')] });
    for (const id of ['msg_2', 'msg_3', 'msg_3']) receive({ type: 'chat', ...said(id) });
    receive({ type: 'chat-removed', message_id: 'msg_3' });
    receive({ type: 'chat-history', messages: [] });
    receive({ type: 'chat', ...said('msg_4') });
    expect(told).toEqual([
      ['history', [said('msg_1'), said('msg_2')]],
      ['chat', said('msg_3')],
      ['removed', 'msg_3'],
      ['history', []],
      ['chat', said('msg_4')],
    ]);
  });

  it('knows who is there, as long as names are told', () => {
    const { told, receive } = open();
    const presence = (of: object) => {
      const none = { hosts: [], joined: [], left: [], is_complete: false, viewer_count: 5, member_count: 0 };
      receive({ type: 'presence', ...none, ...of });
    };
    const ann = { ...bob, session_id: 's_ann' };
    presence({ joined: [ann], is_complete: true, member_count: 1 });
    presence({ joined: [bob], member_count: 2 });
    presence({ left: ['s_ann', 's_unknown'], member_count: 1 });
    presence({ member_count: 500 });
    presence({ joined: [ann], is_complete: true, member_count: 1 });
    const expected = [[ann], [ann, bob], [bob], null, [ann]];
    expect(told).toMatchObject(expected.map((members) => ['presence', { viewerCount: 5, hosts: [], members }]));
  });

  it('knows itself while it takes part', () => {
    const { chat, told, receive } = open();
    const seat = {
      ...bob,
      session_id: 's_bob',
      muted: false,
      enabled: true,
      max_characters: 500,
      slow_mode_seconds: 0,
    };
    receive({ type: 'chat-joined', ...seat });
    receive({ type: 'reaction', counts: { '❤️': 3 } });
    receive({ type: 'chat-muted', muted: true, identity: 'bob', session_id: null });
    expect(chat.me).toEqual(seat);
    expect(told).toEqual([
      ['joined', seat],
      ['reaction', { '❤️': 3 }],
      ['muted', { muted: true, identity: 'bob', session_id: null }],
    ]);
    chat.onLost();
    expect(chat.me).toBeUndefined();
  });
});
