import { expect, it } from 'vitest';
import { displayName, refusalText, rememberedName, roleName, targetKey, targetOf } from './chat-text.ts';

const guest = { session_id: 'ses_0123abcd', identity: null, name: null, role: 'viewer' } as const;

it('calls people by name, else by identity, else by what tells them apart', () => {
  expect(displayName({ ...guest, name: 'Ann', identity: 'user_1' })).toBe('Ann');
  expect(displayName({ ...guest, identity: 'user_1' })).toBe('user_1');
  expect(displayName(guest)).toBe('Guest abcd');
  expect(displayName({ ...guest, session_id: null, role: 'system' })).toBe('Announcement');
  expect(['host', 'moderator', 'viewer', 'system'].map((role) => roleName(role as 'host'))).toEqual([
    'Host',
    'Moderator',
    '',
    '',
  ]);
});

it('moderates by identity where there is one, and the backend not at all', () => {
  expect(targetOf({ ...guest, identity: 'user_1' })).toEqual({ identity: 'user_1' });
  expect(targetOf(guest)).toEqual({ sessionId: 'ses_0123abcd' });
  expect(targetOf({ ...guest, session_id: null, role: 'system' })).toBeUndefined();
  expect(targetKey({ identity: 'a' })).not.toBe(targetKey({ sessionId: 'a' }));
});

it('says why a message was not sent, and when it may be sent again', () => {
  const refusal = (code: string, retryAfterSeconds?: number) =>
    refusalText({ code, message: 'As the server says.', retryAfterSeconds });
  expect(refusal('chat_slow_mode', 3.2)).toContain('in 4 s');
  expect(refusal('rate_limited')).toContain('in a moment');
  expect(refusal('chat_text_refused')).toBe('As the server says.');
});

it('does without a storage that the browser keeps closed', () => {
  const closed = {
    getItem(): never {
      throw new DOMException('No.', 'SecurityError');
    },
  };
  expect(rememberedName(closed)).toBeUndefined();
  expect(rememberedName({ getItem: () => '' })).toBeUndefined();
  expect(rememberedName({ getItem: () => 'Ann' })).toBe('Ann');
});
