import { pageElement } from '../page-element.ts';
import { MediaServerApi, Refusal } from './api.ts';
import { forgetToken, keepToken, sessionToken } from './session-token.ts';

// The gate: nothing of the server is asked for, and no chart is loaded, before it lets the token in.

const gate = pageElement('gate', HTMLFormElement);
const field = pageElement('token', HTMLInputElement);
const problem = pageElement('problem', HTMLElement);
const board = pageElement('board', HTMLElement);
const forget = pageElement('forget', HTMLButtonElement);
let closeBoard: (() => void) | undefined;

function askForToken(reason: string): void {
  closeBoard?.();
  closeBoard = undefined;
  board.hidden = true;
  forget.hidden = true;
  gate.hidden = false;
  problem.hidden = false;
  problem.textContent = reason;
  field.focus();
}

function reasonOf(cause: unknown, token: string | undefined): string {
  if (!(cause instanceof Refusal)) return `The server cannot be reached. (${String(cause)})`;
  if (cause.status === 401 && token === undefined) return 'This server asks for a token that manages rooms.';
  if (cause.status === 401) return `The token was refused. ${cause.message}`;
  if (cause.status === 403) return `The token does not manage rooms. ${cause.message}`;
  return cause.message;
}

async function enter(token: string | undefined): Promise<void> {
  const api = new MediaServerApi(token);
  try {
    await api.get('/rooms');
  } catch (cause) {
    const isRefused = cause instanceof Refusal && (cause.status === 401 || cause.status === 403);
    if (isRefused) forgetToken();
    askForToken(reasonOf(cause, token));
    return;
  }
  if (token !== undefined) keepToken(token);
  gate.hidden = true;
  problem.hidden = true;
  field.value = '';
  forget.hidden = token === undefined;
  const { openBoard } = await import('./board.ts');
  closeBoard?.();
  board.hidden = false;
  closeBoard = openBoard(api, (cause) => {
    forgetToken();
    askForToken(reasonOf(cause, token));
  });
}

gate.addEventListener('submit', (event) => {
  event.preventDefault();
  void enter(field.value.trim() || undefined);
});
forget.addEventListener('click', () => {
  forgetToken();
  askForToken('The token is forgotten.');
});
addEventListener('hashchange', () => {
  if (new URLSearchParams(location.hash.slice(1)).has('token')) void enter(sessionToken());
});
void enter(sessionToken());
