import { AppError } from '../../errors.ts';

const control = /\p{Cc}/u;
/** Something that shows: neither white space nor a format character. */
const visible = /[^\s\p{Cf}]/u;
/** One of the emoji that are recommended for general interchange (UTS #51), whatever it consists of. */
const emojiPattern = /^\p{RGI_Emoji}$/v;
const emojiPresentation = '\ufe0f';

/** @throws AppError chat_text_refused */
export function requireText(text: string, maxCharacters: number): void {
  const refused = (detail: string) => new AppError('chat_text_refused', detail);
  if (!visible.test(text)) throw refused('The text is empty.');
  // Each character is one or two units long: what is too long by far need not be counted.
  if (text.length > 2 * maxCharacters || [...text].length > maxCharacters)
    throw refused(`The text is longer than ${maxCharacters} characters.`);
  if (control.test(text)) throw refused('The text has control characters; line breaks are such too.');
  if (!text.isWellFormed()) throw refused('The text is not Unicode: it has half a surrogate pair.');
}

/**
 * The emoji as it is counted: the same whether or not it came with its presentation selector.
 * @throws AppError chat_emoji_refused
 */
export function requireEmoji(emoji: string): string {
  if (emojiPattern.test(emoji)) return emoji;
  const presented = emoji + emojiPresentation;
  if (emojiPattern.test(presented)) return presented;
  throw new AppError('chat_emoji_refused', 'A reaction is one emoji.');
}
