import type { ChatRole, RoomSettings, ServerMessage } from '@bitbasel/protocol';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import { offers, testRooms } from '../../test-support/rooms.ts';
import { answerOffer } from '../negotiation.ts';
import type { ChatMember } from './chat-member.ts';

let count = 0;

/** A client of the chat, without a socket. */
class Member implements ChatMember {
  readonly sessionId: string;
  readonly identity: string | null;
  readonly isProven: boolean;
  readonly name = null;
  readonly role: ChatRole;
  readonly manages = false;
  readonly address: string;
  readonly credentials = [];
  readonly told: ServerMessage[] = [];

  constructor(identity: string | null, { role = 'viewer' as ChatRole, isProven = true, address = '192.0.2.1' } = {}) {
    count += 1;
    this.sessionId = `s_${count}`;
    this.identity = identity;
    this.role = role;
    this.isProven = isProven && identity !== null;
    this.address = address;
  }

  send(message: ServerMessage): void {
    this.told.push(message);
  }

  deliver(frame: Buffer): void {
    this.told.push(JSON.parse(frame.toString()));
  }

  kick(): void {}

  all<Type extends ServerMessage['type']>(type: Type) {
    return this.told.filter((message): message is Extract<ServerMessage, { type: Type }> => message.type === type);
  }
}

function stage(chat: object = {}, settings: RoomSettings = {}) {
  const server = testRooms({ chat });
  const room = server.rooms.create({ roomId: 'a', settings });
  const join = (...given: ConstructorParameters<typeof Member>) => {
    const member = new Member(...given);
    room.chat.join(member);
    return member;
  };
  /** Time goes on, and what is under way arrives. */
  const wait = async (seconds = 0) => {
    server.clock.advance(seconds);
    const busy = server.rooms.tick();
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return busy;
  };
  return { ...server, room, chat: room.chat, join, wait };
}

function refusalOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return undefined;
}

describe('messages', () => {
  it('reach everybody, the sender too, and the last of them those who come later', async () => {
    const { chat, join, wait } = stage({ history_messages: 2 });
    const [eve, bob] = [join('eve', { role: 'host' }), join('bob')];
    for (const text of ['one', 'two', 'three']) chat.say(bob, text);
    await wait();
    for (const { told } of [eve, bob])
      expect(told.filter(({ type }) => type === 'chat')).toMatchObject([
        { text: 'one', from: { identity: 'bob', role: 'viewer' }, sent_at: '2026-01-01T00:00:00.000Z' },
        { text: 'two' },
        { text: 'three' },
      ]);
    const ids = bob.all('chat').map(({ id }) => id);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
    const late = join('late');
    expect(late.told.map(({ type }) => type)).toEqual(['chat-joined', 'chat-history', 'presence']);
    expect(late.all('chat-history')[0]?.messages.map(({ text }) => text)).toEqual(['two', 'three']);
    await wait();
    expect(late.all('chat')).toEqual([]);
  });

  it('are removed from the history and from where they are shown, also where they have scrolled off it', async () => {
    const { chat, join, wait } = stage({ history_messages: 1 });
    const bob = join('bob');
    const [old, latest] = [chat.say(bob, 'old'), chat.say(bob, 'latest')];
    for (const { id } of [old, latest]) chat.remove(id);
    await wait();
    expect(bob.all('chat-removed').map(({ message_id }) => message_id)).toEqual([old.id, latest.id]);
    expect(chat.info().messages).toEqual([]);
    expect(join('late').all('chat-history')).toEqual([{ type: 'chat-history', messages: [] }]);
    expect(refusalOf(() => chat.remove(old.id))).toBe('chat_message_not_found');
  });

  it('are taken at the pace of the room, and in slow mode of each viewer, but not of hosts', async () => {
    const { chat, join, wait } = stage({ room_messages_per_second: 3 }, { chat: { slow_mode_seconds: 10 } });
    const [eve, bob] = [join('eve', { role: 'host' }), join('bob')];
    const says = (member: Member) => refusalOf(() => chat.say(member, 'hello'));
    expect([says(bob), says(bob), says(eve), says(eve), says(eve)]).toEqual([
      undefined,
      'chat_slow_mode',
      undefined,
      undefined,
      'chat_busy',
    ]);
    await wait(9);
    expect(says(bob)).toBe('chat_slow_mode');
    // The same user by another session.
    expect(says(join('bob'))).toBe('chat_slow_mode');
    await wait(1);
    expect(says(bob)).toBeUndefined();
  });

  it('are refused while the server cannot tell what it has', async () => {
    const { chat, join, wait } = stage({ room_messages_per_second: 1000 });
    const bob = join('bob');
    for (let number = 0; number < 256; number += 1) chat.say(bob, 'hello');
    expect(refusalOf(() => chat.say(bob, 'hello'))).toBe('chat_busy');
    await wait();
    expect(refusalOf(() => chat.say(bob, 'hello'))).toBeUndefined();
    expect(bob.all('chat')).toHaveLength(256);
  });

  it.each([
    ['the server', { enabled: false }, { chat: { enabled: true } }],
    ['the room', {}, { chat: { enabled: false } }],
  ])('are switched off by %s', (_, config, settings) => {
    const { chat, join } = stage(config, settings);
    const bob = join('bob');
    expect(bob.all('chat-joined')[0]?.enabled).toBe(false);
    expect(refusalOf(() => chat.say(bob, 'hello'))).toBe('chat_disabled');
    expect(refusalOf(() => chat.react(bob, '🎉'))).toBe('chat_disabled');
    expect(refusalOf(() => chat.announce('hello', null))).toBe('chat_disabled');
  });
});

describe('the muted', () => {
  it('can neither speak nor react until they are let again, and with them they alone and moderators are told', async () => {
    const { chat, join, wait } = stage();
    const [eve, bob, carl] = [join('eve', { role: 'host' }), join('bob'), join('carl')];
    chat.setMuted({ identity: 'bob' }, true);
    expect(refusalOf(() => chat.say(bob, 'hello'))).toBe('chat_muted');
    expect(refusalOf(() => chat.react(bob, '🎉'))).toBe('chat_muted');
    expect(refusalOf(() => chat.say(carl, 'hello'))).toBeUndefined();
    chat.setMuted({ identity: 'bob' }, false);
    expect(refusalOf(() => chat.say(bob, 'hello'))).toBeUndefined();
    await wait();
    const told = [true, false].map((muted) => ({ type: 'chat-muted', muted, identity: 'bob', session_id: null }));
    expect([eve.all('chat-muted'), bob.all('chat-muted'), carl.all('chat-muted')]).toEqual([told, told, []]);
  });

  it('stay so when they come back, by identity from wherever, and where they have none by address', () => {
    const { chat, join } = stage();
    const [bob, ann] = [join('bob'), join(null)];
    chat.setMuted({ sessionId: bob.sessionId }, true);
    chat.setMuted({ sessionId: ann.sessionId }, true);
    for (const member of [bob, ann]) chat.leave(member);
    const says = (...given: ConstructorParameters<typeof Member>) => {
      const member = join(...given);
      expect(member.all('chat-joined')[0]?.muted).toBe(refusalOf(() => chat.say(member, 'hello')) === 'chat_muted');
      return refusalOf(() => chat.say(member, 'hello'));
    };
    expect(says('bob', { address: '192.0.2.99' })).toBe('chat_muted');
    expect(says(null)).toBe('chat_muted');
    // Somebody whom a token names is not held for the anonymous one of the same address.
    expect(says('carl')).toBeUndefined();
    expect(says(null, { address: '192.0.2.99' })).toBeUndefined();
    chat.setMuted({ sessionId: ann.sessionId }, false);
    expect(says(null)).toBeUndefined();
  });

  it('are not hosts without tokens, in whose name anybody may come', () => {
    const { chat, join } = stage();
    const eve = join('eve', { role: 'host', isProven: false });
    const troll = join('eve', { isProven: false, address: '192.0.2.66' });
    chat.setMuted({ sessionId: troll.sessionId }, true);
    expect(refusalOf(() => chat.say(troll, 'hello'))).toBe('chat_muted');
    expect(refusalOf(() => chat.say(eve, 'hello'))).toBeUndefined();
  });
});

describe('reactions', () => {
  it('of a thousand are one message, at most twice a second', async () => {
    const { chat, join, wait } = stage();
    const [bob, carl] = [join('bob'), join('carl')];
    await wait(1);
    for (let number = 0; number < 1000; number += 1) chat.react(number % 2 ? bob : carl, '❤️');
    chat.react(bob, '🎉');
    await wait();
    chat.react(bob, '🎉');
    expect(await wait(0.4)).toBe(true);
    expect(carl.all('reaction')).toEqual([{ type: 'reaction', counts: { '❤️': 1000, '🎉': 1 } }]);
    await wait(0.1);
    expect(carl.all('reaction')[1]).toEqual({ type: 'reaction', counts: { '🎉': 1 } });
  });

  it('are of so many kinds at a time, and of those who are there', async () => {
    const { chat, join, wait } = stage();
    const bob = join('bob');
    const kinds = Array.from({ length: 33 }, (_, number) => String.fromCodePoint(0x1f400 + number));
    for (const kind of kinds.slice(0, 32)) chat.react(bob, kind);
    expect(refusalOf(() => chat.react(bob, kinds[32] ?? ''))).toBe('chat_busy');
    chat.leave(bob);
    const carl = join('carl');
    await wait(1);
    expect(carl.all('reaction')).toEqual([]);
  });
});

describe('presence', () => {
  it('tells who has come and gone, at most once a second and on change alone', async () => {
    const { chat, join, wait } = stage();
    const eve = join('eve', { role: 'host' });
    await wait();
    const bob = join('bob');
    const ids = (persons: { session_id: string | null }[]) => persons.map(({ session_id }) => session_id);
    expect(bob.all('presence').map(({ joined, is_complete }) => [ids(joined), is_complete])).toEqual([
      [[eve.sessionId, bob.sessionId], true],
    ]);
    const before = eve.all('presence').length;
    await wait(0.5);
    expect(eve.all('presence')).toHaveLength(before);
    chat.leave(join('quick'));
    await wait(0.5);
    expect(eve.all('presence').slice(before)).toMatchObject([
      { joined: [{ identity: 'bob', role: 'viewer' }], left: [], member_count: 2, viewer_count: 0, is_complete: false },
    ]);
    expect(await wait(1)).toBe(false);
    chat.leave(bob);
    expect(await wait(1)).toBe(false);
    expect(eve.all('presence').slice(before + 1)).toMatchObject([
      { joined: [], left: [bob.sessionId], member_count: 1 },
    ]);
  });

  it('counts viewers whatever they came by, and names the hosts', async () => {
    const { room, join, wait, transport } = stage();
    const eve = join('eve', { role: 'host' });
    await wait();
    answerOffer(room, 'host', offers.host, { kind: 'http', userId: 'eve' });
    transport.connection.become('connected');
    answerOffer(room, 'viewer', offers.viewer, { kind: 'http', userId: null });
    const viewer = transport.connection;
    viewer.become('connected');
    await wait(1);
    expect(eve.all('presence').at(-1)).toMatchObject({
      viewer_count: 1,
      member_count: 1,
      hosts: [{ identity: 'eve', name: null }],
    });
    viewer.become('failed');
    await wait(1);
    expect(eve.all('presence').at(-1)).toMatchObject({ viewer_count: 0 });
  });

  it('is numbers where there are many, and all names anew where there are few again', async () => {
    const { chat, join, wait } = stage({ presence_names: 2 });
    const eve = join('eve');
    const crowd = [join('bob'), join('carl')];
    expect(crowd[1]?.all('presence')).toMatchObject([{ joined: [], member_count: 3, is_complete: false }]);
    await wait(1);
    expect(eve.all('presence').at(-1)).toMatchObject({ joined: [], left: [], member_count: 3, is_complete: false });
    for (const member of crowd) chat.leave(member);
    await wait(1);
    expect(eve.all('presence').at(-1)).toMatchObject({ joined: [{ identity: 'eve' }], left: [], is_complete: true });
  });
});

it('is bounded in what it remembers of a room', async () => {
  const { chat, join, clock, wait } = stage({ history_messages: 5, room_messages_per_second: 1000 });
  const bob = join('bob', { role: 'host' });
  const [first] = [chat.say(bob, 'first')];
  for (let number = 0; number < 1000; number += 1) {
    if (number % 200 === 0) await wait(1);
    chat.say(bob, 'more');
  }
  expect(chat.info().messages).toHaveLength(5);
  expect(refusalOf(() => chat.remove(first.id))).toBe('chat_message_not_found');
  clock.advance(1);
  for (let number = 0; number < 10_001; number += 1) chat.setMuted({ identity: `user ${number}` }, true);
  expect(refusalOf(() => chat.say(join('user 0'), 'forgotten'))).not.toBe('chat_muted');
  expect(refusalOf(() => chat.say(join('user 10000'), 'hello'))).toBe('chat_muted');
});
