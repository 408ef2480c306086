import { pageToken } from '../token.ts';

/** Of the tab alone: another tab, and the next start of the browser, have to be told again. */
const storageKey = 'bitbasel.manage-token';

/** The token from the fragment, which is taken out of it, or the one that the tab was told before. */
export function sessionToken(): string | undefined {
  const { token } = pageToken();
  if (token === undefined) return sessionStorage.getItem(storageKey) ?? undefined;
  keepToken(token);
  const rest = new URLSearchParams(location.hash.slice(1));
  rest.delete('token');
  history.replaceState(null, '', rest.size === 0 ? location.pathname : `#${rest}`);
  return token;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(storageKey, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(storageKey);
}
