import type { SettingNote } from './setting-notes.ts';

export const hidden = '(hidden)';

/** The value of a setting as it may be shown, whatever is in it: a value that is wrong may be a secret all the same. */
export function showable({ hides }: Pick<SettingNote, 'hides'>, value: unknown): unknown {
  if (hides === undefined || value === undefined) return value;
  if (hides === 'all') return hidden;
  if (hides === 'credentials') return withoutCredentials(value);
  return Array.isArray(value) ? value.map((entry) => showableEntry(entry, hides.allBut)) : hidden;
}

function showableEntry(entry: unknown, shownKeys: readonly string[]): unknown {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return hidden;
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [key, shownKeys.includes(key) ? showableText(value) : hidden]),
  );
}

/** Lists of words and URLs, and single ones. */
function showableText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(showableText);
  if (typeof value === 'object' && value !== null) return hidden;
  return typeof value === 'string' && value.includes('://') ? withoutCredentials(value) : value;
}

/** A URL without user, password, query and fragment; nothing of what is no URL, because nobody knows what it is. */
export function withoutCredentials(value: unknown): string {
  if (typeof value !== 'string' || !URL.canParse(value)) return hidden;
  const url = new URL(value);
  const hasUser = url.username !== '' || url.password !== '';
  const hasMore = url.search !== '' || url.hash !== '';
  // `redis:secret@host`, or a password with a slash in it, ends up in the path.
  if (url.pathname.includes('@') || (url.host === '' && url.protocol !== 'file:')) return hidden;
  if (!(hasUser || hasMore)) return value;
  return `${url.protocol}//${hasUser ? `${hidden}@` : ''}${url.host}${url.pathname}${hasMore ? `?${hidden}` : ''}`;
}
