import { expect, it } from 'vitest';
import { fillTemplate, resolveLocation } from './urls.ts';

it('puts the room wherever it is asked for, in a form that URLs take', () => {
  expect(fillTemplate('http://h/{room}/whip?stream={room}', 'a b')).toBe('http://h/a%20b/whip?stream=a%20b');
  expect(fillTemplate('http://h/whip', 'room')).toBe('http://h/whip');
});

it('resolves each form of Location', () => {
  const url = 'https://media.example.org:8889/live/room/whep?token=1';
  const resolved = (location: string | undefined) => resolveLocation(location, url);
  expect(resolved('https://other.example.org/s/1')).toBe('https://other.example.org/s/1');
  expect(resolved('/whep/sessions/1')).toBe('https://media.example.org:8889/whep/sessions/1');
  expect(resolved('sessions/1')).toBe('https://media.example.org:8889/live/room/sessions/1');
  expect(resolved('?id=1')).toBe('https://media.example.org:8889/live/room/whep?id=1');
  expect(resolved('//cdn.example.org/s')).toBe('https://cdn.example.org/s');
});

it('takes nothing that cannot be called', () => {
  for (const location of [undefined, '', 'file:///etc/passwd', 'javascript:alert(1)', 'http://[', 'http://a:99999999/'])
    expect(resolveLocation(location, 'http://h/')).toBeUndefined();
});
