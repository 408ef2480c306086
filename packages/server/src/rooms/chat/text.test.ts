import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import { requireEmoji, requireText } from './text.ts';

function detailOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return undefined;
}

describe('the text of a message', () => {
  it.each(['hello', 'a', 'שלום', '<b>bold</b>', '👩‍👩‍👧‍👦', '12345', ' padded '])('may be %j', (text) => {
    expect(detailOf(() => requireText(text, 8 + 8))).toBeUndefined();
  });

  it.each([
    ['', /empty/],
    [' \u00a0\u200b\ufeff ', /empty/],
    ['two\nlines', /control characters; line breaks/],
    ['bell\u0007', /control characters/],
    ['half \ud83d', /not Unicode/],
    ['x'.repeat(11), /longer than 10 characters/],
    ['x'.repeat(100_000), /longer than 10 characters/],
  ])('may not be %j', (text, reason) => {
    expect(detailOf(() => requireText(text, 10))).toMatch(reason);
  });

  it('is counted by code point, whatever it takes in memory', () => {
    expect(detailOf(() => requireText('🎨'.repeat(10), 10))).toBeUndefined();
    expect(detailOf(() => requireText('🎨'.repeat(11), 10))).toMatch(/longer/);
  });

  it('is refused with its own error or is what it should be, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (text, most) => {
        const refusal = detailOf(() => requireText(text, most));
        if (refusal !== undefined) return refusal.startsWith('chat_text_refused: ');
        return text.isWellFormed() && [...text].length <= most && !/\p{Cc}/u.test(text);
      }),
    );
  });
});

describe('a reaction', () => {
  it.each(['❤️', '🎉', '👍🏽', '👩‍👩‍👧‍👦', '🇨🇭', '1️⃣'])('may be %s', (emoji) => {
    expect(requireEmoji(emoji)).toBe(emoji);
  });

  it('is the same emoji with and without its presentation selector', () => {
    expect(requireEmoji('❤')).toBe('❤️');
  });

  it.each(['', 'a', '1', '❤️❤️', '❤️ ', '<3', '\ufe0f', '__proto__', '🎉'.repeat(16)])('may not be %j', (emoji) => {
    expect(detailOf(() => requireEmoji(emoji))).toBe('chat_emoji_refused: A reaction is one emoji.');
  });
});
