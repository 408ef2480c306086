import { damaged, realOffers } from './bad-descriptions.ts';
import type { Conversation } from './conversation.ts';
import type { RandomBytes } from './random-bytes.ts';
import { deepNesting, wrongFields } from './wrong-values.ts';

const maxMessageBytes = 128 * 1024;
const [sdp = ''] = realOffers;
const join = { type: 'join', role: 'viewer' };

function says(ends: Conversation['ends'], ...messages: readonly unknown[]): Conversation {
  const frames = messages.map((message) => (Buffer.isBuffer(message) ? message : JSON.stringify(message)));
  return { room: 'live', frames, ends };
}

/** What makes no sense whatever came before. */
export function nonsense(random: RandomBytes): Conversation[] {
  const texts = [
    '',
    '{',
    'null',
    '7',
    '[]',
    '"join"',
    '\0',
    '{"type":"join"',
    '{"__proto__":{"type":"join"}}',
    deepNesting('[', ']', 60_000),
    deepNesting('{"type":', '}', 10_000),
    ' '.repeat(maxMessageBytes),
  ];
  const types = ['', 'JOIN', 'welcome', '__proto__', 'constructor', 'toString', 7, null, {}, ['join']];
  const binary = [0, 1, 100, 70_000].map((length) => random.bytes(length));
  return [
    ...texts.map((text) => ({ room: 'live', frames: [text], ends: 'bad_message' })),
    ...types.map((type) => says('bad_message', { type })),
    ...binary.map((bytes) => says('bad_message', bytes)),
    ...wrongTypes().map((message) => says('bad_message', message)),
    says(1009, random.bytes(maxMessageBytes + 1)),
    { room: 'live', frames: [`"${'x'.repeat(1024 * 1024)}"`], ends: 1009 },
    // So many, and it is no client of ours.
    { room: 'live', frames: Array(20).fill('{'), ends: 1008 },
  ];
}

function wrongTypes(): object[] {
  return [
    ...wrongFields(join, ['role', 'user_id', 'sdp', 'offer']),
    ...wrongFields({ type: 'offer', sdp }, ['sdp', 'role', 'user_id']),
    ...wrongFields({ type: 'answer' }, ['sdp']),
    { type: 'answer', sdp: 'v'.repeat(70_000) },
    ...[7, true, [], {}, { candidate: 7 }, 'c'.repeat(2000)].map((candidate) => ({ type: 'ice-candidate', candidate })),
    ...['1', null, [], {}].map((id) => ({ type: 'ping', id })),
    ...wrongFields(join, ['name']),
    ...wrongFields({ type: 'chat', text: 'hello' }, ['text', 'request_id']),
    ...wrongFields({ type: 'reaction', emoji: '❤️' }, ['emoji']),
    ...wrongFields({ type: 'chat-mute', identity: 'eve' }, ['identity', 'session_id']),
    ...wrongFields({ type: 'chat-unmute', session_id: 's_1' }, ['identity', 'session_id']),
    ...wrongFields({ type: 'chat-remove', message_id: 'msg_00000000000000' }, ['message_id']),
    ...wrongFields({ type: 'kick', session_id: 's_1' }, ['session_id']),
  ];
}

/** Messages that make sense by themselves, but not there. */
export const outOfOrder: readonly Conversation[] = [
  says('bad_message', { type: 'answer', sdp }),
  says('bad_message', join, join),
  says('bad_message', join, { ...join, role: 'host' }),
  says('bad_message', join, { type: 'offer', sdp, role: 'host' }),
  says('answer_not_expected', join, { type: 'answer', sdp }),
  says('malformed_sdp', { ...join, offer: 'server' }, { type: 'answer', sdp: 'hello' }),
  says('answer_not_expected', { ...join, offer: 'server' }, { type: 'answer', sdp: 'hello' }, { type: 'answer', sdp }),
  says('malformed_sdp', { ...join, sdp: 'hello' }),
  says('malformed_sdp', { type: 'offer', sdp: 'hello' }),
  says('wrong_direction', join, { type: 'offer', sdp }),
  says('bad_message', { type: 'chat', text: 'hello' }),
  says('chat_text_refused', join, { type: 'chat', text: '\u0000' }),
  says('chat_emoji_refused', join, { type: 'reaction', emoji: '__proto__' }),
  says('moderators_only', join, { type: 'chat-mute', identity: 'eve' }),
  says('moderators_only', join, { type: 'chat-remove', message_id: 'msg_00000000000000' }),
  says('moderators_only', join, { type: 'kick', session_id: 's_1' }),
  says(4409, { type: 'join', role: 'host' }),
  says(4409, { type: 'offer', sdp }),
  says(1000, { type: 'leave' }, { type: 'offer', sdp }),
  says(1000, join, { type: 'leave' }, { type: 'offer', sdp }, join),
  { ...says(4404, join), room: 'nowhere' },
  { ...says('bad_message', { type: 'answer', sdp }, join), room: 'nowhere' },
];

/** Offers and answers with something wrong in them, or so it may be. */
export function damagedOffers(random: RandomBytes): Conversation[] {
  return realOffers.flatMap((offer) => [
    says(undefined, join, { type: 'offer', sdp: damaged(offer, random) }),
    says(undefined, { ...join, offer: 'server' }, { type: 'answer', sdp: damaged(offer, random) }),
  ]);
}
