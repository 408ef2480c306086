import { describe, expect, it } from 'vitest';
import { delayText, messageOf, noticeOf, qualityText, viewersText } from './player-text.ts';

describe('what the player says in place of a picture', () => {
  it('is nothing while there is one', () => {
    expect(messageOf('live')).toBeUndefined();
    expect(messageOf('live', { code: 'room_full', message: 'The room has 2 of 2 viewers.' })).toBeUndefined();
  });

  it.each([
    ['connecting', 'Connecting', true],
    ['waiting', 'Waiting for the host', true],
    ['reconnecting', 'Connection lost', true],
    ['ended', 'The stream has ended', false],
    ['failed', 'This stream cannot be watched', false],
    ['closed', 'Stopped', false],
  ] as const)('while %s is "%s"', (state, title, busy) => {
    expect(messageOf(state)).toMatchObject({ title, busy });
  });

  it.each([
    ['room_full', 'reconnecting', 'The room is full'],
    ['codec_not_supported', 'failed', 'This browser cannot play the stream'],
    ['kicked', 'failed', 'You were removed from this stream'],
    ['token_expired', 'failed', 'Your invitation has run out'],
  ] as const)('of %s is for people', (code, state, title) => {
    const message = messageOf(state, { code, message: 'rtp: 42' });
    expect(message?.title).toBe(title);
    expect(message?.detail).not.toContain('42');
  });

  it('has the own words of an error that it does not know', () => {
    const error = { code: 'new_one', message: 'Something else.' };
    expect(messageOf('failed', error)).toMatchObject({
      title: 'This stream cannot be watched',
      detail: 'Something else.',
    });
    expect(messageOf('reconnecting', error)?.detail).toBe('Something else. Trying again.');
  });

  it('forgets an error that is over', () => {
    const error = { code: 'room_full', message: 'The room is full.' };
    expect(messageOf('waiting', error)?.title).toBe('Waiting for the host');
    expect(messageOf('ended', error)?.title).toBe('The stream has ended');
  });
});

it('says why a picture stands still, unless that was wished for', () => {
  expect(noticeOf({ paused: false, reason: 'line' })).toBe('');
  expect(noticeOf({ paused: true, reason: 'wish' })).toBe('');
  expect(noticeOf({ paused: true, reason: 'line' })).toContain('too slow');
  expect(noticeOf({ paused: true, reason: 'limit' })).toContain('may be shown');
});

it('counts and measures', () => {
  expect([viewersText(0), viewersText(1), viewersText(1204)]).toEqual(['0 viewers', '1 viewer', '1,204 viewers']);
  expect([delayText(null), delayText(-3), delayText(184), delayText(2_460)]).toEqual(['', '0.0 s', '0.2 s', '2.5 s']);
});

it('shows beside auto what is sent now', () => {
  const layer = { width: 720, height: 1280, paused: false };
  expect(qualityText('Auto')).toBe('Auto');
  expect(qualityText('Auto', layer)).toBe('Auto (720p)');
  expect(qualityText('Auto', { ...layer, paused: true })).toBe('Auto');
  expect(qualityText('360p', layer)).toBe('360p');
});
